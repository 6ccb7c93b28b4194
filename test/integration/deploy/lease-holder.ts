/** A deployer in a process of its own: takes the lease, says so and waits to be killed. */
import { StorageSharedKeyCredential } from "@azure/storage-blob";
import { takeLease } from "../../../src/deploy/lease.ts";
import { connectContainer } from "../../../src/deploy/services/container.ts";
import { createRecords } from "../../../src/deploy/services/records.ts";

const [url = "", container = "", account = "", key = ""] = process.argv.slice(2);
const credential = new StorageSharedKeyCredential(account, key);
const signal = new AbortController().signal;
const owner = { project: "olist", environment: "prod" };
const records = createRecords(connectContainer({ url, container, credential, signal, owner }));
const holder = { identity: "ada@shop.example", host: "build-7", process: process.pid, since: "2026-11-23T08:14:59Z" };
await takeLease(records, holder, { seconds: 15 });
process.stdout.write("taken\n");
setInterval(() => undefined, 1000);
