// Calls demo.Greeter/Say through grpc-node's own xDS client: node client.js TARGET
//
// A line of the input is CALLS TIMEOUT_MS [KEY=VALUE]...: calls one after another with that metadata. The line of the
// answer has a word WHAT=COUNT for each different outcome: the text of an answer, or ! and the number of a status.
'use strict';

const readline = require('readline');
const grpc = require('@grpc/grpc-js');
const xds = require('@grpc/grpc-js-xds');

xds.register();
const client = new grpc.Client(process.argv[2], grpc.credentials.createInsecure());

function say(timeout, metadata) {
  return new Promise((resolve) => {
    client.makeUnaryRequest(
      '/demo.Greeter/Say',
      (text) => Buffer.from(text),
      (bytes) => bytes.toString(),
      'hello',
      metadata,
      { deadline: Date.now() + timeout },
      (error, answer) => {
        if (error) {
          process.stderr.write(error.message + '\n');
        }
        resolve(error ? '!' + error.code : answer);
      });
  });
}

async function answer(line) {
  const [calls, timeout, ...pairs] = line.trim().split(' ');
  const metadata = new grpc.Metadata();
  for (const pair of pairs) {
    const [key, value] = pair.split('=');
    metadata.add(key, value);
  }
  const counts = new Map();
  for (let i = 0; i < Number(calls); i++) {
    const outcome = await say(Number(timeout), metadata);
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  }
  console.log([...counts].map(([outcome, count]) => outcome + '=' + count).join(' '));
}

async function main() {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    await answer(line);
  }
  process.exit(0);
}

main();
