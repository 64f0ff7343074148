// The solc command line as ape-solidity calls it (`--version`, `--standard-json --base-path <folder>`), over the npm
// package `solc`. `make setup` links it to .venv/solcx/, where py-solc-x looks for a compiler.
"use strict";

const fs = require("fs");
const path = require("path");
const solc = require("solc");

function option(name) {
    const at = process.argv.indexOf(name);
    return at < 0 ? undefined : process.argv[at + 1];
}

// Ape compiles a copy of the project in a temporary folder, without node_modules; a project that is in the temporary
// folder already is compiled in place. Only the second root has the packages in both cases.
const project = path.join(__dirname, "..");
const roots = [option("--base-path") || process.cwd(), project];

function readImport(name) {
    for (const root of roots) {
        const file = path.join(root, name);
        if (fs.existsSync(file)) return { contents: fs.readFileSync(file, "utf8") };
    }
    return { error: `${name} is neither in ${roots[0]} nor in ${project}` };
}

if (process.argv.includes("--version")) {
    process.stdout.write(`solc, the solidity compiler commandline interface\nVersion: ${solc.version()}\n`);
} else if (process.argv.includes("--standard-json")) {
    const input = fs.readFileSync(0, "utf8");
    process.stdout.write(solc.compile(input, { import: readImport }) + "\n");
} else {
    process.stderr.write("only --version and --standard-json are understood\n");
    process.exitCode = 1;
}
