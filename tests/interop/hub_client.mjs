// SPDX-License-Identifier: Apache-2.0
// usage: node hub_client.mjs HUB-URL TOKEN TOOLS MODEL
// Run by hub_speaks_js.py: npm @huggingface/hub writes the folder MODEL to the hub and reads it
// back, transformers.js runs it from there, both unmodified. Prints TAP points. TOOLS is the
// folder with node_modules.
import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

console.debug = console.error; // the client tells its progress so, and points go to stdout
const [hubUrl, accessToken, tools, folder] = process.argv.slice(2);
const load = createRequire(`${tools}/package.json`);
const hub = load("@huggingface/hub");
const repo = { type: "model", name: "ada/digits" };
const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(folder.length + 1));
let points = 0;
let failed = false;

function check(isGood, name) {
    points += 1;
    failed ||= !isGood;
    console.log(`${isGood ? "ok" : "not ok"} ${points} - ${name}`);
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

async function writes() {
    const who = await hub.whoAmI({ hubUrl, accessToken });
    check(who.name === "ada", "whoAmI");
    await raises(401, () => hub.createRepo({ hubUrl, repo, accessToken: "hf_none" }),
                 "createRepo with a token that is none");
    await hub.createRepo({ hubUrl, repo, accessToken,
                           files: [{ path: "first.txt", content: new Blob(["first"]) }] });
    check(await hub.fileExists({ hubUrl, repo, path: "first.txt" }), "createRepo with a file");
    await raises(409, () => hub.createRepo({ hubUrl, repo, accessToken }), "createRepo, twice");
    const content = files.map((path) => ({
        path, content: new Blob([readFileSync(join(folder, path))]),
    }));
    const done = await hub.uploadFiles({ hubUrl, repo, accessToken, files: content });
    check(done.commit.oid.length === 40, "uploadFiles");
    const bytes = randomBytes((6 << 20) + 1);
    const sent = [];
    const watched = (url, init) => {
        if (init?.method === "PUT") sent.push(init.body.size ?? init.body.byteLength);
        return fetch(url, init);
    };
    await hub.uploadFile({ hubUrl, repo, accessToken, fetch: watched,
                           file: { path: "large.bin", content: new Blob([bytes]) } });
    const back = await hub.downloadFile({ hubUrl, repo, path: "large.bin" });
    check(sha256(Buffer.from(await back.arrayBuffer())) === sha256(bytes),
          "uploadFile of a large one");
    check(sent.sort((a, b) => a - b).join() === "1,2097152,2097152,2097152",
          "which went in parts");
    if (sent.length !== 4) console.log("#", sent);
    await hub.deleteFile({ hubUrl, repo, accessToken, path: "large.bin" });
    check(!(await hub.fileExists({ hubUrl, repo, path: "large.bin" })), "deleteFile");
    await hub.createBranch({ hubUrl, repo, accessToken, branch: "side" });
    const side = await hub.modelInfo({ hubUrl, name: repo.name, revision: "side" });
    check(side.name === repo.name, "createBranch");
    await hub.createBranch({ hubUrl, repo, accessToken, branch: "empty", empty: true });
    const none = await list(hub.listFiles({ hubUrl, repo, revision: "empty" }));
    check(none.length === 0, "createBranch, empty");
    await hub.deleteBranch({ hubUrl, repo, accessToken, branch: "empty" });
    await hub.deleteBranch({ hubUrl, repo, accessToken, branch: "side" });
    await raises(404, () => hub.modelInfo({ hubUrl, name: repo.name, revision: "side" }),
                 "deleteBranch");
}

async function readsModels() {
    const models = await list(hub.listModels({ hubUrl, search: { owner: "ada" } }));
    check(models.length === 1 && models[0].name === repo.name, "listModels");
    for (const sort of ["trendingScore", "num_parameters", "mainSize", "likes30d", "id"]) {
        const sorted = await list(hub.listModels({ hubUrl, sort, additionalFields: [
            "config", "downloadsAllTime", "safetensors", "spaces", "trendingScore"] }));
        check(sorted[0].safetensors.total === 9610 && sorted[0].trendingScore >= 0 &&
              sorted[0].config.model_type === "vit" && sorted[0].spaces.length === 0,
              `listModels by ${sort}`);
    }
    const served = await list(hub.listModels({ hubUrl, search: { apps: ["ollama"] } }));
    check(served.length === 0, "listModels of an app that none says it runs in");
    const tagged = await list(hub.listModels({ hubUrl, search: { tags: ["absent"] } }));
    check(tagged.length === 0, "listModels that finds nothing");
    const info = await hub.modelInfo({ hubUrl, name: repo.name,
                                       additionalFields: ["tags", "sha", "cardData",
                                                          "safetensors"] });
    check(info.name === repo.name && info.sha.length === 40 && info.cardData.license &&
          info.safetensors.total === 9610,
          "modelInfo");
    check(await hub.repoExists({ hubUrl, repo }), "repoExists");
    check(!(await hub.repoExists({ hubUrl, repo: "ada/absent" })), "repoExists of none");
    const commits = await list(hub.listCommits({ hubUrl, repo }));
    check(commits.length >= 3 && commits[0].oid.length === 40, "listCommits");
    check(await hub.countCommits({ hubUrl, repo }) === commits.length, "countCommits");
}

async function readsFiles() {
    const listed = await list(hub.listFiles({ hubUrl, repo, recursive: true }));
    const names = listed.filter((file) => file.type === "file").map((file) => file.path);
    check(files.every((path) => names.includes(path)), "listFiles");
    check(await hub.fileExists({ hubUrl, repo, path: "README.md" }), "fileExists");
    const paths = await hub.pathsInfo({ hubUrl, repo, paths: ["README.md", "absent"] });
    check(paths.length === 1 && paths[0].path === "README.md", "pathsInfo");
    const file = await hub.downloadFile({ hubUrl, repo, path: "model.safetensors" });
    const bytes = Buffer.from(await file.arrayBuffer());
    check(bytes.equals(readFileSync(join(folder, "model.safetensors"))), "downloadFile");
    const part = await file.slice(8, 108).arrayBuffer();
    check(Buffer.from(part).equals(bytes.subarray(8, 108)), "a slice of a file");
    check(await hub.downloadFile({ hubUrl, repo, path: "absent" }) === null,
          "downloadFile of none");
    const meta = await hub.parseSafetensorsMetadata({ hubUrl, repo,
                                                      computeParametersCount: true });
    check(Object.values(meta.parameterCount)[0] === 9610, "parseSafetensorsMetadata");
    const cacheDir = mkdtempSync(join(tmpdir(), "hub-js-"));
    const whole = await hub.snapshotDownload({ hubUrl, repo, cacheDir });
    check(files.every((path) => sha256(readFileSync(join(whole, path))) ===
                                sha256(readFileSync(join(folder, path)))), "snapshotDownload");
}

// The bundled digits as pictures; each row is 64 pixels of 0..16 and the label.
async function runs() {
    const { env, pipeline, RawImage } = load("@huggingface/transformers");
    env.remoteHost = hubUrl;
    env.allowLocalModels = false;
    env.cacheDir = mkdtempSync(join(tmpdir(), "hub-js-"));
    const classify = await pipeline("image-classification", repo.name, { dtype: "fp32" });
    const rows = readFileSync(join(folder, "digits.csv"), "utf8").trim().split("\n");
    let right = 0;
    const step = Math.floor(rows.length / 20);
    for (let n = 0; n < 20; n += 1) {
        const row = rows[n * step].split(",").map(Number);
        const pixels = Uint8ClampedArray.from(row.slice(0, 64),
                                              (p) => Math.round(p * 255 / 16));
        const [best] = await classify(new RawImage(pixels, 8, 8, 1));
        right += best.label === String(row[64]);
    }
    if (right < 18) console.log(`# ${right} of 20`);
    check(right >= 18, "transformers.js reads digits with the model's ONNX file");
}

async function ends() {
    await hub.deleteRepo({ hubUrl, repo, accessToken });
    check(!(await hub.repoExists({ hubUrl, repo, accessToken })), "deleteRepo");
}

for (const step of [writes, readsModels, readsFiles, runs, ends]) {
    try {
        await step();
    } catch (error) {
        console.log("#", error);
        check(false, step.name);
    }
}
console.log(`1..${points}`);
process.exitCode = failed ? 1 : 0;
