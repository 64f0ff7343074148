// Gathers the published code of other protocols from their npm packages into .build/published.json: ABI, creation code,
// libraries to link. What is gathered is listed in published.json beside this file: `artifacts` are taken as they are
// shipped, `sources` compiled with the package's solc, `codes` is a Solidity file that names string errors.
"use strict";

const fs = require("fs");
const path = require("path");

const project = path.join(__dirname, "..");
const modules = path.join(project, "node_modules");
const groups = JSON.parse(fs.readFileSync(path.join(__dirname, "published.json"), "utf8"));

function read(name) {
    return fs.readFileSync(path.join(modules, name), "utf8");
}

// Offsets in bytes of each library's address, by its name.
function links(references) {
    const found = {};
    for (const libraries of Object.values(references || {})) {
        for (const [name, places] of Object.entries(libraries)) found[name] = places.map((place) => place.start);
    }
    return found;
}

// Addresses that are still to be linked are zeros, so that the code is hexadecimal throughout.
function entry(abi, code, references) {
    const hex = code.replace(/^0x/, "").replace(/__.{38}/g, "0".repeat(40));
    return { abi: abi, bytecode: hex, links: links(references) };
}

function shipped(file) {
    const artifact = JSON.parse(read(file));
    return entry(artifact.abi, artifact.bytecode, artifact.linkReferences || artifact.evm.bytecode.linkReferences);
}

function imported(file, remappings) {
    for (const [from, to] of Object.entries(remappings)) {
        if (file.startsWith(from)) return to + file.slice(from.length);
    }
    return file;
}

function compile(group) {
    const remappings = group.remappings || {};
    const sources = {};
    for (const file of Object.values(group.sources)) sources[file] = { content: read(file) };
    const outputSelection = { "*": { "*": ["abi", "evm.bytecode"] } };
    const input = { language: "Solidity", sources: sources, settings: { ...group.settings, outputSelection } };
    const find = (file) => {
        try {
            return { contents: read(imported(file, remappings)) };
        } catch (error) {
            return { error: error.message };
        }
    };
    const output = JSON.parse(require(group.solc).compile(JSON.stringify(input), { import: find }));
    const failures = (output.errors || []).filter((one) => one.severity === "error");
    if (failures.length) throw new Error(failures.map((one) => one.formattedMessage).join("\n"));
    const found = {};
    for (const [name, file] of Object.entries(group.sources)) {
        const made = output.contracts[file][name];
        found[name] = entry(made.abi, made.evm.bytecode.object, made.evm.bytecode.linkReferences);
    }
    return found;
}

const result = { contracts: {}, codes: {} };
for (const [folder, group] of Object.entries(groups)) {
    const found = group.sources ? compile(group) : {};
    for (const [name, file] of Object.entries(group.artifacts || {})) found[name] = shipped(file);
    for (const name of Object.keys(found)) result.contracts[`${folder}/${name}`] = found[name];
    const declared = group.codes ? read(group.codes).matchAll(/string public constant (\w+) = '(\d+)'/g) : [];
    for (const [, name, code] of declared) result.codes[code] = name;
}
fs.mkdirSync(path.join(project, ".build"), { recursive: true });
const file = path.join(project, ".build", "published.json");
fs.writeFileSync(`${file}.partial`, JSON.stringify(result));
fs.renameSync(`${file}.partial`, file);
