/** Local runs: sources, rows, the lake. */
import type { Catalog } from "./entry.ts";

export const runCatalog = {
  "source-setting-missing": {
    severity: "error",
    message: "the source {source} needs a value for the param {name}, and it has none",
    hint: "Give it one with `--param {name}=…` or in medal.json.",
  },
  "secret-missing": {
    severity: "error",
    message: "the source {source} needs the secret {name}, and the environment variable {variable} is not set",
    hint: "Set {variable}, or let medal.json put a folder in place of the source.",
  },
  "source-address-invalid": {
    severity: "error",
    message: "the address of the source {source} cannot be used for {relation}: {problem}",
    hint: "Correct it where it is set: in the source, in medal.json or by `--param`.",
  },
  "source-host-unknown": {
    severity: "error",
    message: "{relation} cannot be read from the source {source}, whose host name is not known here: {problem}",
    hint: "Check the name for a typing error, and whether this machine needs a VPN or another DNS server to resolve it. To run without it, let a folder stand in for the source: environments.local.sources.{source}.folder in medal.json.",
  },
  "source-connection-refused": {
    severity: "error",
    message: "{relation} cannot be read from the source {source}, where no server accepts connections: {problem}",
    hint: "Check the host and the port, and that the server is running. To run without it, let a folder stand in for the source: environments.local.sources.{source}.folder in medal.json.",
  },
  "source-timeout": {
    severity: "error",
    message: "{relation} cannot be read from the source {source} in time: {problem}",
    hint: "A firewall that does not know this machine often shows itself like this; check the host, the port and the network. To run without it, let a folder stand in for the source: environments.local.sources.{source}.folder in medal.json.",
  },
  "source-tls-failed": {
    severity: "error",
    message: "{relation} cannot be read from the source {source} over an encrypted connection: {problem}",
    hint: "Check that the server's certificate is valid for this host name; set NODE_EXTRA_CA_CERTS to the file of a certificate authority of your own.",
  },
  "source-login-failed": {
    severity: "error",
    message: "the source {source} rejects the login for {relation}: {problem}",
    hint: "Check the user and the password.",
  },
  "source-access-denied": {
    severity: "error",
    message: "the source {source} does not let {relation} be read: {problem}",
    hint: "Ask its owner for the right to read, and check whether its firewall lets this machine in.",
  },
  "source-database-missing": {
    severity: "error",
    message: "the source {source} does not have the database that {relation} is read from: {problem}",
    hint: "Check the setting `database` of the source.",
  },
  "source-unavailable": {
    severity: "error",
    message: "{relation} cannot be read from the source {source}, which cannot serve it now: {problem}",
    hint: "Run again later. To run without it, let a folder stand in for the source: environments.local.sources.{source}.folder in medal.json.",
  },
  "source-interrupted": {
    severity: "error",
    message: "the download of {relation} from the source {source} broke off each time: {problem}",
    hint: "Run again; the lake keeps the last complete load until then.",
  },
  "source-answer-invalid": {
    severity: "error",
    message: "the source {source} gives no usable answer for {relation}: {problem}",
    hint: "Check the address and the path in a browser or with curl: this is not how a server answers that has the file.",
  },
  "source-content-unexpected": {
    severity: "error",
    message: "what the source {source} sends for {relation} is no data: {problem}",
    hint: "Check the address and the path; a page often means that a sign-in is needed or that the file has moved. The lake keeps the last load.",
  },
  "source-query-failed": {
    severity: "error",
    message: "the source {source} fails to read {relation}: {problem}",
    hint: "The text after the colon is the database's own; correct the cause there.",
  },
  "source-unreachable": {
    severity: "error",
    message: "{relation} cannot be read from the source {source}: {problem}",
    hint: "To run without it, let a folder stand in for the source: environments.local.sources.{source}.folder in medal.json.",
  },
  "source-object-missing": {
    severity: "error",
    message: "{relation} reads {object}, which the source {source} does not have",
    hint: "Compare the name with the source's own, upper and lower case included. To run without it, let a folder stand in for the source: environments.local.sources.{source}.folder in medal.json.",
  },
  "source-outside-folder": {
    severity: "error",
    message: "{relation} may not read what the source {source} names: {problem}",
    hint: "Put the file below the folder, or allow its own folder in medal.json: environments.local.sources.{source}.folder.",
  },
  "source-column-missing": {
    severity: "error",
    message: "{relation} reads {columns}, which {place} does not have{found}",
    hint: "The column was renamed or dropped at the source, or the name is misspelt here.",
  },
  "source-column-twice": {
    severity: "error",
    message: "{relation} has the column {name} twice in what its source sends",
    hint: "One of the two has to get another name at the source.",
  },
  "source-json-invalid": {
    severity: "error",
    message: "{relation} cannot be read as JSON: {problem}",
    hint: "A JSON file has one object on each line, or is one array of objects.",
  },
  "rows-lost": {
    severity: "error",
    message: "{table} was not changed: {relation} has {expected}, of which {found} were {done}",
    hint: "Run again. If the numbers still differ, report it with the file: medalc must read and write every row.",
  },
  "source-not-text": {
    severity: "error",
    message: "{relation} reads {file}, which is {found}, not {expected}",
  },
  "source-without-rows": {
    severity: "warning",
    message: "{relation} has no rows in this load; the load before had {rows}",
    hint: "Where the source has rows, find out why it sent none; the tables that read it are now built from no rows.",
  },
  "table-emptied": {
    severity: "warning",
    message: "{table} has no rows now; the version before had {rows}",
    hint: "Where that is not meant, compare what it reads with its joins and filters.",
  },
  "rows-rejected": {
    severity: "warning",
    message: "{table} set {count} of {relation} aside for not fitting its columns",
    hint: "`medalc show quarantine.{table}` shows them with the reasons.",
  },
  "too-many-rejected": {
    severity: "error",
    message: "{relation} had {count} rejected{limit}, so {table} keeps its last version; most often: {reasons}",
    hint: "{cause}`medalc show quarantine.{table}` shows the rejected rows. Fix the source or the columns of {relation}, or allow more: `reject at most …`.",
  },
  "too-many-quarantined": {
    severity: "error",
    message: "{table} had {count} fail the expectation {name}{limit}, so it keeps its last version",
    hint: "`medalc show quarantine.{table}` shows them. Fix the data or the expectation, or allow more: `else quarantine at most …`.",
  },
  "rows-quarantined": {
    severity: "warning",
    message: "{table} set {count} aside for failing the expectation {name}",
    hint: "`medalc show quarantine.{table}` shows them.",
  },
  "expectation-warned": {
    severity: "warning",
    message: "{table} has {count} failing the expectation {name}",
  },
  "expectation-failed": {
    severity: "error",
    message: "{table} has {count} failing the expectation {name}{example}, so it keeps its last version",
    hint: "Mend the data, or let the expectation say `else quarantine` or `else warn`.",
  },
  "duplicate-key": {
    severity: "error",
    message: "{relation} has {count} more than once{example}, so {table} keeps its last version",
    hint: "`distinct on {columns} latest by …` keeps one row of each, if that is what is meant.",
  },
  "table-failed": {
    severity: "error",
    message: "{table} could not be built: {problem}",
  },
  "run-out-of-memory": {
    severity: "error",
    message: "{table} needs more memory than the run may use: {problem}",
    hint: "Give the run more with `--memory`, or free disk space for what does not fit into memory.",
  },
  "table-not-built": {
    severity: "error",
    message: "{relation} is not in the lake yet",
    hint: "`medalc run --select +{name}` builds it and what it reads.",
  },
  "query-failed": {
    severity: "error",
    message: "the query failed: {problem}",
  },
  "query-not-select": {
    severity: "error",
    message: "{problem}",
    hint: "`medalc query` only reads. Tables are changed in the program.",
  },
  "query-refused": {
    severity: "error",
    message: "the query reaches outside the lake: {problem}",
    hint: "A query reads the tables of the lake and no other file, database or address. docs/open-the-lake.md shows how other tools read it.",
  },
  "run-stopped": {
    severity: "error",
    message: "the run was stopped with {done} of {count} tables done",
    hint: "The lake is intact: the next run goes on from there.",
  },
  "lake-locked": {
    severity: "error",
    message: "another run is using the lake {folder}: {owner}",
    hint: "Wait until it has ended. The lock ends with its process, so there is nothing to remove.",
  },
  "lake-lock-failed": {
    severity: "error",
    message: "the lake {folder} cannot be locked: {problem}",
    hint: "A run creates and locks the file {file}. Make that possible, or set `lake` in medal.json to a folder on a file system with file locks.",
  },
  "lake-run-unfinished": {
    severity: "warning",
    message: "the last run in this lake was on another machine and did not end properly: {owner}",
    hint: "If it was killed, this run completes what it left. If it is still running, the file system does not share its locks between machines: stop one of the two.",
  },
  "lake-conflict": {
    severity: "error",
    message: "{table} was changed by another program while it was built",
    hint: "Run again.",
  },
  "lake-damaged": {
    severity: "warning",
    message: "{relation} in the lake was damaged: {problem}; {remedy}",
  },
  "lake-unreadable": {
    severity: "error",
    message: "{relation} in the lake is damaged and cannot be read: {problem}",
  },
  "lake-access": {
    severity: "error",
    message: "the files of {relation} in the lake cannot be read or written: {problem}",
    hint: "Check the permissions and the free space, and that no file is in the place of a folder; then run again.",
  },
  "table-outdated": {
    severity: "error",
    message: "{relation} in the lake does not have the columns of the program yet: {columns}",
    hint: "`medalc run --select {relation}` builds it as the program is now.",
  },
  "delta-unsupported": {
    severity: "error",
    message: "{relation} in the lake cannot be read: {problem}",
    hint: "It was written or changed by another program; remove its folder {folder} to build it anew.",
  },
  "spark-python-missing": {
    severity: "error",
    message: "there is no Python here to run Spark with: {python}",
    hint: "Install Python, or name one that has pyspark: `spark.python` in medal.json, or PYSPARK_PYTHON.",
  },
  "spark-package-missing": {
    severity: "error",
    message: "{python} does not have the package {package}",
    hint: "`{python} -m pip install {packages}` installs it.",
  },
  "spark-too-old": {
    severity: "error",
    message: "{what} {version} is too old for the notebooks, which need {oldest}",
    hint: "`{python} -m pip install {packages}` installs packages that fit; Python 3.9 and Java 17 or later run them.",
  },
  "spark-delta-version": {
    severity: "error",
    message: "delta-spark {delta} is made for another Spark than pyspark {spark}",
    hint: "`{python} -m pip install {packages}` installs two that fit.",
  },
  "spark-java-missing": {
    severity: "error",
    message: "there is no Java here to run Spark with",
    hint: "Install Java 17 or later, `apt-get install openjdk-17-jre-headless`, or set JAVA_HOME.",
  },
  "spark-not-started": {
    severity: "error",
    message: "no Spark could be started at {master}: {problem}",
    hint: "All that it said is in {log}.",
  },
  "spark-ended": {
    severity: "error",
    message: "{table} could not be built: Spark ended",
    hint: "Most often memory has run out: give it more with `--memory`. All that it said is in {log}.",
  },
} as const satisfies Catalog;
