// SPDX-License-Identifier: Apache-2.0
// usage: node hub_reads.mjs HUB-URL TOOLS
// Run by hub_speaks_js.py: what npm @huggingface/hub reads of a release, unmodified. Prints TAP
// points. TOOLS is the folder with node_modules.
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

const [hubUrl, tools] = process.argv.slice(2);
const hub = createRequire(`${tools}/package.json`)("@huggingface/hub");
const repo = { type: "model", name: "community/digits" };
let points = 0;
let failed = false;

function check(isGood, name) {
    points += 1;
    failed ||= !isGood;
    console.log(`${isGood ? "ok" : "not ok"} ${points} - @huggingface/hub: ${name}`);
}

function sha256(bytes) {
    return createHash("sha256").update(bytes).digest("hex");
}

async function raises(status, call, name) {
    try {
        await call();
        check(false, name);
    } catch (error) {
        if (error.statusCode !== status) console.log("#", error);
        check(error.statusCode === status, name);
    }
}

async function list(iterator) {
    const all = [];
    for await (const item of iterator) all.push(item);
    return all;
}

async function readsModels() {
    const models = await list(hub.listModels({ hubUrl, search: { owner: "community" } }));
    check(models.length === 1 && models[0].name === repo.name, "listModels");
    const tagged = await list(hub.listModels({ hubUrl, search: { tags: ["absent"] } }));
    check(tagged.length === 0, "listModels that finds nothing");
    const info = await hub.modelInfo({ hubUrl, name: repo.name,
                                       additionalFields: ["tags", "sha", "cardData"] });
    check(info.name === repo.name && info.sha.length === 40 && info.cardData.license,
          "modelInfo");
    check(await hub.repoExists({ hubUrl, repo }), "repoExists");
    check(!(await hub.repoExists({ hubUrl, repo: "community/absent" })), "repoExists of none");
    await raises(404, () => hub.modelInfo({ hubUrl, name: "community/digits",
                                            revision: "absent" }), "a revision that is absent");
}

async function readsFiles() {
    const files = await list(hub.listFiles({ hubUrl, repo, recursive: true, expand: true }));
    const readme = files.find((file) => file.path === "README.md");
    check(readme && readme.size > 0 && readme.lastCommit, "listFiles");
    check(await hub.fileExists({ hubUrl, repo, path: "README.md" }), "fileExists");
    check(!(await hub.fileExists({ hubUrl, repo, path: "absent" })), "fileExists of none");
    const [info] = await hub.pathsInfo({ hubUrl, repo, paths: ["README.md", "absent"] });
    check(info.path === "README.md" && info.size === readme.size, "pathsInfo");

    const sums = await (await hub.downloadFile({ hubUrl, repo, path: "SHA256SUMS" })).text();
    const weights = await hub.downloadFile({ hubUrl, repo, path: "model.safetensors" });
    const bytes = Buffer.from(await weights.arrayBuffer());
    check(sums.includes(`${sha256(bytes)}  model.safetensors`), "downloadFile");
    const part = await weights.slice(8, 108).arrayBuffer();
    check(Buffer.from(part).equals(bytes.subarray(8, 108)), "a slice of a file");
    check(await hub.downloadFile({ hubUrl, repo, path: "absent" }) === null,
          "downloadFile of none");
    const meta = await hub.parseSafetensorsMetadata({ hubUrl, repo,
                                                      computeParametersCount: true });
    check(meta.parameterTotal > 0 || Object.values(meta.parameterCount)[0] > 0,
          "parseSafetensorsMetadata");
}

async function readsHistory() {
    const commits = await list(hub.listCommits({ hubUrl, repo }));
    check(commits.length > 0 && commits[0].oid.length === 40, "listCommits");
    check(await hub.countCommits({ hubUrl, repo }) === commits.length, "countCommits");
}

async function readsWhole() {
    const cacheDir = mkdtempSync(join(tmpdir(), "hub-js-"));
    const folder = await hub.snapshotDownload({ hubUrl, repo, cacheDir });
    const lines = readFileSync(join(folder, "SHA256SUMS"), "utf8").trim().split("\n");
    const holds = lines.every((line) => {
        const [digest, path] = line.split(/\s+/);
        return sha256(readFileSync(join(folder, path))) === digest;
    });
    check(lines.length > 1 && holds, "snapshotDownload, and SHA256SUMS hold");
}

for (const step of [readsModels, readsFiles, readsHistory, readsWhole]) {
    try {
        await step();
    } catch (error) {
        console.log("#", error);
        check(false, step.name);
    }
}
console.log(`1..${points}`);
process.exitCode = failed ? 1 : 0;
