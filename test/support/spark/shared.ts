/**
 * One Spark for all files of a run of tests: the first question starts it. Java takes long to start, and longer until it
 * has loaded and compiled what it runs.
 */
import { createServer, type RequestOptions, request as send } from "node:http";
import { text } from "node:stream/consumers";
import type { TestProject } from "vitest/node";
import type { Request } from "../../../src/runner/spark/driver.ts";
import { type Answer, type Judge, startJudge } from "./judge.ts";

/** vitest calls it before the first file, and what it gives after the last. */
export function setup({ config }: TestProject): () => Promise<void> {
  let judge: Promise<Judge> | undefined;
  const server = createServer(async (question, response) => {
    judge ??= startJudge();
    response.end(JSON.stringify(await answer(judge, JSON.parse(await text(question)))));
  });
  server.listen(config.env.MEDAL_TEST_SPARK);
  return async () => {
    server.close();
    // One that did not start has been told of where it was asked.
    await judge?.then(
      ({ stop }) => stop(),
      () => undefined,
    );
  };
}

async function answer(judge: Promise<Judge>, question: Request): Promise<Answer> {
  try {
    return await (await judge).ask(question);
  } catch (error) {
    const message = String(error);
    return { error: { condition: null, message, trace: message } };
  }
}

/** The Spark of this run, by the path of its socket. It goes on when a file has no more questions. */
export function sharedJudge(socketPath: string): Judge {
  const options: RequestOptions = { socketPath, method: "POST", agent: false };
  return {
    ask: (question) =>
      new Promise((resolve, reject) => {
        const sent = send(options, (response) => {
          text(response).then((reply) => resolve(JSON.parse(reply)), reject);
        });
        sent.on("error", reject);
        sent.end(JSON.stringify(question));
      }),
    stop: async () => undefined,
  };
}
