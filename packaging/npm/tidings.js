#!/usr/bin/env node
// Runs the binary in the package of this platform, which npm installs with this one.
"use strict";

const { spawnSync } = require("node:child_process");
const { constants } = require("node:os");

const name = `tidings-${process.platform}-${process.arch}`;
const file = process.platform === "win32" ? "tidings.exe" : "tidings";

let binary;
try {
  binary = require.resolve(`${name}/${file}`);
} catch {
  console.error(
    `Error: the package ${name} is not installed\n` +
      "Hint: install without --omit=optional; if there is no such package, build from source: cargo install tidings",
  );
  process.exit(1);
}

const result = spawnSync(binary, process.argv.slice(2), { stdio: "inherit", windowsHide: true });
if (result.error) {
  console.error(`Error: cannot run ${binary}: ${result.error.message}`);
  process.exit(1);
}
if (result.signal) {
  // As a shell reports it: 128 and the number of the signal.
  process.exit(128 + (constants.signals[result.signal] || 0));
}
process.exit(result.status);
