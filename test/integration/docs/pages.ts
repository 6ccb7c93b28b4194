/** What each page with commands needs, and which of its commands cannot run unchanged in a test. */

/** A rule for one command of a page. A rule that matches no command is an error. */
export interface Rule {
  readonly command: string | RegExp;
  /** A part of the output shown, if the same command occurs more than once on the page. */
  readonly shows?: string;
  /** Runs instead, and why. */
  readonly instead?: readonly [run: string, reason: string];
  /** Why the command only has to pass the shell's parser. */
  readonly notRun?: string;
  /** What the page asks of its reader in words before the command. */
  readonly before?: string;
  /** 0 by default. */
  readonly exits?: number;
  /** Has to match the output, for what the text next to the command promises. */
  readonly gives?: RegExp;
}

export interface Page {
  /** `clone`: the root of a fresh clone; `folder`: an empty folder with `medalc` on the PATH. */
  readonly at: "clone" | "folder";
  readonly setup?: string;
  /** Replacements in all commands, for names that are examples. */
  readonly replace?: readonly (readonly [from: RegExp, to: string])[];
  /** Replacements in all output, for values that differ with the fakes. */
  readonly shownAs?: readonly (readonly [from: RegExp, to: string])[];
  readonly rules?: readonly Rule[];
}

const NETWORK = "fetches packages";
const AZURE = "needs a subscription of Azure";

/** Creates the project that a page assumes. */
const STARTER = "medalc init .";
const BUILT = `${STARTER} && medalc run`;

/** Runs the fakes in $STAND_INS and signs the shell in to them. */
const STAND_INS = `
  (cd "$CLONE" && exec npm run --silent stand-ins -- "$STAND_INS" >"$STAND_INS.log") &
  stand_ins=$!
  trap 'kill $stand_ins' EXIT
  until grep -q 'medalc deploy' "$STAND_INS.log" 2>/dev/null; do kill -0 $stand_ins && sleep 0.1 || exit 1; done
  # A command that waits for what is in the background does not mean them.
  disown $stand_ins
  . "$STAND_INS/env.sh"`;

/** Answers questions with yes. */
const ANSWERED = [/^((?:npx )?medalc (?:deploy|destroy)\b(?!.*--(?:yes|env here)).*?)$/, "$1 --yes"] as const;

/** Replaces the placeholders of the environment `dev` with the location of the fakes. */
const fillIn = (config: string): string => `node -e '
  const { readFileSync: read, writeFileSync: write } = require("fs");
  const config = JSON.parse(read("${config}"));
  config.environments.dev.azure = JSON.parse(read(process.env.STAND_INS + "/medal.json")).environments.here.azure;
  write("${config}", JSON.stringify(config));'`;

/** A project with the first program of docs/time.md, and a file that it reads. */
const TRIPS = `
  mkdir -p in/trips/2026-01 && printf 'trip_id,price\\n1,10.00\\n2,2.50\\n' >in/trips/2026-01/a.csv
  echo 'project trips { lake = adls { account: "trips", container: "lake" } }' >trips.medal
  echo 'source files = file { path: "in/" }' >>trips.medal
  awk '/^\`\`\`medal/ { on = 1; next } /^\`\`\`/ { if (on) exit } on' "$CLONE/docs/time.md" >>trips.medal`;

export const PAGES: Readonly<Record<string, Page>> = {
  "README.md": {
    at: "clone",
    setup: STAND_INS,
    replace: [ANSWERED],
    rules: [
      { command: "npx medalc check examples/mistakes/revenue-doubled.medal", exits: 1 },
      {
        command: "npm ci && npm run demo",
        instead: ["npm run demo", `npm ci ${NETWORK}; they are linked`],
        gives: /\$ medalc compile .*\$ medalc run .*\$ medalc show gold\.orders .*^Output:$/ms,
      },
      { command: "npm test", notRun: "runs this test" },
      {
        command: "npx medalc init shop",
        gives: /^Wrote shop\/shop\.medal\n.*^Next: npx medalc check shop, npx medalc run shop$/ms,
      },
      { command: /^npx medalc lineage/, gives: /uploads|orders\.csv/ },
      { command: /^npx medalc show quarantine/, gives: /costs something/ },
      { command: /^npx medalc compile shop/, gives: /^Compiled \d+ files to shop\/out / },
      {
        command: "npx medalc doctor shop",
        before: fillIn("shop/medal.json"),
        gives: /^ {2}PASS /m,
      },
      { command: "npx medalc plan shop", gives: /^Plan: \d+ to add, 0 to change, 0 to destroy\.$/m },
      { command: "npx medalc deploy shop", gives: /^Done: \d+ added, 0 changed, 0 destroyed\.$/m },
      {
        command: "npm pack",
        instead: ["npm pack --ignore-scripts --silent", "the build is there"],
        gives: /^medalc-0\.1\.0\.tgz$/m,
      },
      { command: /^npm install --global/, notRun: `${NETWORK}; package.test.ts installs the tarball` },
    ],
  },
  "CONTRIBUTING.md": {
    at: "clone",
    rules: [
      { command: "npm ci", notRun: NETWORK },
      { command: "npm test", notRun: "runs this test" },
    ],
  },
  "docs/azure.md": { at: "folder", rules: [{ command: /^./, notRun: `${AZURE}; test/docs/azure.test.ts parses it` }] },
  "docs/ci.md": {
    at: "folder",
    setup: `git init --quiet . && ${STARTER}`,
    rules: [
      { command: "medalc init --ci github", gives: /^Wrote \.github\/workflows\/medal\.yml$/m },
      { command: "medalc init --ci azure", gives: /^Wrote azure-pipelines\.yml$/m },
      { command: /^medalc init shop/, gives: /^Wrote azure-pipelines-shop\.yml$/m },
      {
        command: /^(REPO=|identity|for name|account=|factory=|lake=|state=|az |gh )/,
        notRun: `${AZURE} and a repository of GitHub`,
      },
    ],
  },
  "docs/databricks.md": { at: "folder", rules: [{ command: /^((cd|databricks|az) |id=)/, notRun: AZURE }] },
  "docs/deploy.md": {
    at: "folder",
    setup: `${STAND_INS}\n cd "$STAND_INS"`,
    replace: [[/--env prod/, "--env here"], ANSWERED],
    shownAs: [
      [/http:\/\/127\.0\.0\.1:\d+/g, "https://adb-1234567890123456.7.azuredatabricks.net"],
      [/ signed in as medalc$/gm, " signed in as ada@shop.example"],
      [/identity: [0-9a-f-]+ \(/g, "identity: ada@shop.example ("],
    ],
    rules: [
      { command: "medalc deploy --env prod", exits: 64, gives: /error deploy-unconfirmed/ },
      { command: /^(az |factory=|\(cd out|job=)/, notRun: AZURE },
      {
        command: "medalc plan",
        shows: "dearest",
        before: `medalc deploy --yes &&
          sed -i '/^gold revenue_by_month/,/^}/ s/^ *items   = count()/&\\n    dearest = max(price)/' ecommerce.medal`,
      },
      {
        command: "medalc deploy --yes",
        shows: "service-refused",
        notRun: "needs a service that refuses: test/integration/deploy/recovery.test.ts",
      },
      {
        command: "medalc plan",
        shows: "deployment-unfinished",
        notRun: "needs a deployment that was killed: test/integration/deploy/killed.test.ts",
      },
      {
        command: "npm run stand-ins -- /tmp/olist",
        instead: ['cat "$STAND_INS.log"', "they are at work since the beginning of the page"],
      },
      { command: /medalc deploy --yes & medalc deploy --yes/, gives: /error deployment-locked/ },
    ],
  },
  "docs/import.md": {
    at: "folder",
    setup: "medalc init ../shop && medalc compile ../shop && mv ../shop/out/adf ../our-factory",
  },
  "docs/lake.md": { at: "folder", rules: [{ command: /^az /, notRun: AZURE }] },
  "docs/lineage.md": { at: "folder", setup: `${STARTER} && medalc compile` },
  "docs/network.md": { at: "folder", rules: [{ command: /^az /, notRun: AZURE }] },
  "docs/open-the-lake.md": {
    at: "folder",
    setup: `${BUILT} && echo "from gold.revenue_by_month" > report.sql`,
    rules: [
      { command: /^medalc show quarantine/, gives: /costs something/ },
      { command: /^medalc query "select reason/, gives: /costs something/ },
      { command: "medalc query - < report.sql", gives: /200\.50/ },
    ],
  },
  "docs/run-on-spark.md": {
    at: "folder",
    rules: [
      { command: /^(python3|\.venv|export)/, notRun: NETWORK },
      { command: /^medalc run --/, notRun: "needs Spark: test/integration/spark/run.test.ts runs it" },
    ],
  },
  "docs/synapse.md": { at: "folder", rules: [{ command: /^(WORKSPACE=|server=|sqlcmd|for script)/, notRun: AZURE }] },
  "editors/vscode/README.md": { at: "clone", setup: "mkdir -p ~/.vscode/extensions" },
  "docs/time.md": {
    at: "folder",
    setup: TRIPS,
    rules: [{ command: "medalc show gold.trips_by_month", gives: /^2026-01 +2 +12\.50$/m }],
  },
  "examples/data/README.md": {
    at: "clone",
    rules: [
      {
        command: "npm run data:generate -- --sample",
        instead: [
          "npm run data:generate -- --sample && diff -r examples/data/sample $ROOT/examples/data/sample",
          "gives what is committed",
        ],
      },
      {
        command: /--scale 1 /,
        instead: [
          'npm run data:generate -- --scale 0.001 --seed 1 --out "$HOME/olist"',
          "scale 1 takes 20 s and 120 MB",
        ],
      },
    ],
  },
  "examples/starter/README.md": {
    at: "clone",
    setup: `${STAND_INS}\n cd examples/starter`,
    replace: [ANSWERED],
    rules: [{ command: /^npx medalc doctor/, before: fillIn("medal.json") }],
  },
};
