/** Local runs: sources, rows, the lake. */
import type { Catalog } from "./entry.ts";

export const runCatalog = {
  "source-setting-missing": {
    severity: "error",
    message: "the source {source} needs the param {name}, which has no value",
    hint: "Set it with `--param {name}=…` or in medal.json.",
  },
  "secret-missing": {
    severity: "error",
    message: "the source {source} needs the secret {name}, but the environment variable {variable} is not set",
    hint: "Set {variable}, or replace the source with a local folder in medal.json.",
  },
  "source-address-invalid": {
    severity: "error",
    message: "the address of the source {source} cannot be used for {relation}: {problem}",
    hint: "Fix it where it is set: in the source, in medal.json or with `--param`.",
  },
  "source-host-unknown": {
    severity: "error",
    message: "{relation} cannot be read from the source {source}, whose host name cannot be resolved: {problem}",
    hint: "Check the spelling of the name, and whether this machine needs a VPN or another DNS server to resolve it. To run without it, replace the source with a local folder: environments.local.sources.{source}.folder in medal.json.",
  },
  "source-connection-refused": {
    severity: "error",
    message: "{relation} cannot be read from the source {source}, which refused the connection: {problem}",
    hint: "Check the host and the port, and that the server is running. To run without it, replace the source with a local folder: environments.local.sources.{source}.folder in medal.json.",
  },
  "source-timeout": {
    severity: "error",
    message: "{relation} cannot be read from the source {source}, which did not respond in time: {problem}",
    hint: "Check the host, the port and the network; a firewall that blocks this machine often causes a timeout. To run without it, replace the source with a local folder: environments.local.sources.{source}.folder in medal.json.",
  },
  "source-tls-failed": {
    severity: "error",
    message: "{relation} cannot be read from the source {source} over an encrypted connection: {problem}",
    hint: "Check that the server's certificate is valid for this host name; for a private certificate authority, set NODE_EXTRA_CA_CERTS to its certificate file.",
  },
  "source-login-failed": {
    severity: "error",
    message: "the source {source} rejected the login for {relation}: {problem}",
    hint: "Check the user and the password.",
  },
  "source-access-denied": {
    severity: "error",
    message: "the source {source} denied access to {relation}: {problem}",
    hint: "Ask its owner for read access, and check that its firewall allows this machine.",
  },
  "source-database-missing": {
    severity: "error",
    message: "the source {source} does not have the database that {relation} reads: {problem}",
    hint: "Check `database` in the source's settings.",
  },
  "source-unavailable": {
    severity: "error",
    message: "{relation} cannot be read from the source {source}, which is temporarily unavailable: {problem}",
    hint: "Run again later. To run without it, replace the source with a local folder: environments.local.sources.{source}.folder in medal.json.",
  },
  "source-interrupted": {
    severity: "error",
    message: "the download of {relation} from the source {source} was interrupted on every attempt: {problem}",
    hint: "Run again. Until then the lake keeps the last complete load.",
  },
  "source-answer-invalid": {
    severity: "error",
    message: "the source {source} returned an invalid response for {relation}: {problem}",
    hint: "Check the address and the path in a browser or with curl: no file is served there.",
  },
  "source-content-unexpected": {
    severity: "error",
    message: "the source {source} returned something other than data for {relation}: {problem}",
    hint: "Check the address and the path; a web page often means that a sign-in is required or that the file has moved. The lake keeps the last load.",
  },
  "source-query-failed": {
    severity: "error",
    message: "the source {source} failed to read {relation}: {problem}",
    hint: "This error comes from the database; fix its cause there.",
  },
  "source-unreachable": {
    severity: "error",
    message: "{relation} cannot be read from the source {source}: {problem}",
    hint: "To run without it, replace the source with a local folder: environments.local.sources.{source}.folder in medal.json.",
  },
  "source-object-missing": {
    severity: "error",
    message: "{relation} reads {object}, which the source {source} does not have",
    hint: "Check the name, including upper and lower case. To run without it, replace the source with a local folder: environments.local.sources.{source}.folder in medal.json.",
  },
  "source-outside-folder": {
    severity: "error",
    message: "{relation} must not be read from outside the folder of the source {source}: {problem}",
    hint: "Move the file into the folder, or allow another folder in medal.json: environments.local.sources.{source}.folder.",
  },
  "source-column-missing": {
    severity: "error",
    message: "{relation} reads {columns}, which {place} does not have{found}",
    hint: "Check the spelling, and whether the column was renamed or dropped at the source.",
  },
  "source-column-type": {
    severity: "error",
    message: "the source {source} does not have the order of {relation}: {problem}",
    hint: "A load begins at the highest value of the column so far, so source and program must agree on the order of its values. Declare the column's type as it is at the source, choose another column, or write `load full`.",
  },
  "source-went-back": {
    severity: "error",
    message:
      "the source {source} went back: the highest {column} of {relation} is {found} now, and was {known} in the last load",
    hint: "Nothing was loaded, because rows may have been lost at the source. If it is right as it is now, `medalc run --reload {relation}` loads everything again, and the loads before no longer count.",
  },
  "load-restarted": {
    severity: "warning",
    message: "{relation} was loaded from the start, and the loads before no longer count: {reason}",
    hint: "This is right if you changed the source or how the table is loaded. The loads before are still in the lake.",
  },
  "source-column-twice": {
    severity: "error",
    message: "the source of {relation} sends the column {name} twice",
    hint: "Rename one of the two at the source.",
  },
  "source-json-invalid": {
    severity: "error",
    message: "{relation} cannot be read as JSON: {problem}",
    hint: "A JSON file has one object on each line, or is one array of objects.",
  },
  "rows-lost": {
    severity: "error",
    message: "{table} was not changed: {relation} has {expected}, of which {found} were {done}",
    hint: "Run again. If the numbers still differ, report a bug and attach the file: medalc must read and write every row.",
  },
  "source-not-text": {
    severity: "error",
    message: "{relation} reads {file}, which is {found}, not {expected}",
  },
  "source-without-rows": {
    severity: "warning",
    message: "{relation} has no rows in this load; the load before had {rows}",
    hint: "If the source has rows, find out why it sent none; the tables that read it are now built from no rows.",
  },
  "table-emptied": {
    severity: "warning",
    message: "{table} has no rows now; the version before had {rows}",
    hint: "If this is not intended, check its inputs, joins and filters.",
  },
  "rows-rejected": {
    severity: "warning",
    message: "{table} rejected {count} of {relation} that did not fit the columns",
    hint: "`medalc show quarantine.{table}` shows them and the reasons.",
  },
  "too-many-rejected": {
    severity: "error",
    message: "{relation} had {count} rejected{limit}, so {table} keeps its last version; most often: {reasons}",
    hint: "{cause}`medalc show quarantine.{table}` shows the rejected rows. Fix the source or the columns of {relation}, or allow more: `reject at most …`.",
  },
  "load-rejected": {
    severity: "error",
    message:
      "load {load} of {table} had {count} rejected{limit}, so {table} keeps its last version; most often: {reasons}",
    hint: "`medalc show quarantine.{table}` shows the rejected rows. Fix the columns of {table}, allow more with `reject at most …`, or delete the folder {folder}, so that the data is loaded again.",
  },
  "too-many-quarantined": {
    severity: "error",
    message: "{table} had {count} quarantined by the expectation {name}{limit}, so it keeps its last version",
    hint: "`medalc show quarantine.{table}` shows them. Fix the data or the expectation, or allow more: `else quarantine at most …`.",
  },
  "rows-quarantined": {
    severity: "warning",
    message: "{table} quarantined {count} that failed the expectation {name}",
    hint: "`medalc show quarantine.{table}` shows them.",
  },
  "expectation-warned": {
    severity: "warning",
    message: "{table} has {count} that failed the expectation {name}",
  },
  "expectation-failed": {
    severity: "error",
    message: "{table} has {count} that failed the expectation {name}{example}, so it keeps its last version",
    hint: "Fix the data, or change the expectation to `else quarantine` or `else warn`.",
  },
  "duplicate-key": {
    severity: "error",
    message: "{relation} has {count} more than once{example}, so {table} keeps its last version",
    hint: "`distinct on {columns} latest by …` keeps one row of each, if that is what you want.",
  },
  "table-failed": {
    severity: "error",
    message: "{table} could not be built: {problem}",
  },
  "run-out-of-memory": {
    severity: "error",
    message: "{table} needs more memory than the run's limit: {problem}",
    hint: "Raise the limit with `--memory`, or free disk space for data that does not fit into memory.",
  },
  "load-other-origin": {
    severity: "error",
    message: "{relation} in the lake was loaded from {found}, and the program reads {declared}",
    hint: "The run does not load {relation}: `medalc run --select +{table}` loads it and builds everything that {table} reads.",
  },
  "table-not-built": {
    severity: "error",
    message: "{relation} is not in the lake yet",
    hint: "`medalc run --select +{name}` builds it and everything it reads.",
  },
  "query-failed": {
    severity: "error",
    message: "the query failed: {problem}",
  },
  "query-not-select": {
    severity: "error",
    message: "{problem}",
    hint: "`medalc query` is read-only. To change a table, change the program.",
  },
  "query-refused": {
    severity: "error",
    message: "the query reads outside the lake: {problem}",
    hint: "A query can read the tables of the lake, and no other file, database or URL. docs/open-the-lake.md shows how to open the lake in other tools.",
  },
  "run-stopped": {
    severity: "error",
    message: "the run was stopped after {done} of {count} tables",
    hint: "The lake is intact; the next run continues from there.",
  },
  "lake-locked": {
    severity: "error",
    message: "another run is using the lake {folder}: {owner}",
    hint: "Wait until it has finished. The lock is released when its process ends, so there is nothing to remove.",
  },
  "lake-lock-failed": {
    severity: "error",
    message: "the lake {folder} cannot be locked: {problem}",
    hint: "A run has to create and lock the file {file}. Allow that, or set `lake` in medal.json to a folder on a file system with file locks.",
  },
  "lake-run-unfinished": {
    severity: "warning",
    message: "the last run in this lake was on another machine and did not finish properly: {owner}",
    hint: "If it was killed, nothing needs to be done: this run completes its work. If it is still running, the file system does not share locks between machines: stop one of the two runs.",
  },
  "run-not-recorded": {
    severity: "warning",
    message: "the run is not in the lake's table of runs, {folder}: {problem}",
    hint: "The tables are not affected. Check the permissions and the free disk space; if the table of runs is damaged, move its folder away.",
  },
  "lake-conflict": {
    severity: "error",
    message: "{table} was changed by another program while it was being built",
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
    hint: "Check the permissions and the free disk space, and that no file is where a folder should be; then run again.",
  },
  "version-missing": { severity: "error", message: "the lake has no {which} of {relation}" },
  "version-outdated": {
    severity: "error",
    message: "version {version} of {relation} does not have the columns that the program declares: {columns}",
    hint: "Show it with the program of that time: check out the commit, and run `medalc show` there.",
  },
  "version-of-file": {
    severity: "error",
    message: "{relation} has no versions: it is read from the file of its newest load",
    hint: "Each load is a folder of the lake: `bronze/<table>/load=<time>/`.",
  },
  "table-outdated": {
    severity: "error",
    message: "{relation} in the lake does not have the columns that the program declares: {columns}",
    hint: "`medalc run --select {relation}` rebuilds it.",
  },
  "delta-unsupported": {
    severity: "error",
    message: "{relation} in the lake cannot be read: {problem}",
    hint: "It was written or changed by another program; delete its folder {folder} and run again to rebuild it.",
  },
  "spark-python-missing": {
    severity: "error",
    message: "no Python interpreter was found to start Spark: {python}",
    hint: "Install Python, or set an interpreter that has pyspark: `spark.python` in medal.json, or PYSPARK_PYTHON.",
  },
  "spark-package-missing": {
    severity: "error",
    message: "the package {package} is not installed for {python}",
    hint: "`{python} -m pip install {packages}` installs it.",
  },
  "spark-too-old": {
    severity: "error",
    message: "{what} {version} is too old for the notebooks, which need {oldest}",
    hint: "`{python} -m pip install {packages}` installs supported versions; they require Python 3.9 and Java 17 or later.",
  },
  "spark-delta-version": {
    severity: "error",
    message: "delta-spark {delta} is not compatible with pyspark {spark}",
    hint: "`{python} -m pip install {packages}` installs compatible versions.",
  },
  "spark-java-missing": {
    severity: "error",
    message: "no Java was found to run Spark",
    hint: "Install Java 17 or later, `apt-get install openjdk-17-jre-headless`, or set JAVA_HOME.",
  },
  "spark-not-started": {
    severity: "error",
    message: "cannot start Spark at {master}: {problem}",
    hint: "The full log is in {log}.",
  },
  "spark-ended": {
    severity: "error",
    message: "{table} could not be built: the Spark process ended",
    hint: "The usual cause is a lack of memory: give it more with `--memory`. The full log is in {log}.",
  },
} as const satisfies Catalog;
