/**
 * Debian's Chromium and Firefox (or those that CU_CHROMIUM and CU_FIREFOX name), each driven by its own protocol, with a profile folder that
 * the caller can keep over several launches. They reach nothing but this machine: what they do in the background is off.
 */
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import puppeteer from "puppeteer-core";

const PROFILES = new URL("../../target/browser-profiles/", import.meta.url).pathname;
/** Longer than the longest computation of a page on a slow machine. */
export const TIMEOUT_MS = 300_000;

const RESTORED_MS_MAX = 10_000;

const CHROMIUM_ARGUMENTS = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
  "--disable-sync",
];

const OPTIONS = {
  chromium: { browser: "chrome", executablePath: process.env.CU_CHROMIUM ?? "/usr/bin/chromium", args: CHROMIUM_ARGUMENTS },
  firefox: { browser: "firefox", executablePath: process.env.CU_FIREFOX ?? "/usr/bin/firefox-esr", headless: true },
};

export const BROWSERS = Object.keys(OPTIONS);

/** The folder of a profile, empty: what an earlier run left is removed. */
export function newProfile(name) {
  const folder = PROFILES + name;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

export function launch(browser, profile) {
  const options = OPTIONS[browser];
  if (!existsSync(options.executablePath)) throw new Error(`${options.executablePath} is missing: scripts/setup installs it from Debian`);
  return puppeteer.launch({ ...options, userDataDir: profile, protocolTimeout: TIMEOUT_MS });
}

/** Closes a browser and waits until its profile can be used again. */
export async function close(browser, profile) {
  const ended = exit(browser);
  await browser.close();
  await ended;
  await preferencesRestored(profile);
}

/** Ends a browser as a loss of power would, and waits until its profile can be used again. */
export async function kill(browser, profile) {
  const ended = exit(browser);
  browser.process().kill("SIGKILL");
  await ended;
  await preferencesRestored(profile);
}

async function exit(browser) {
  const { exitCode, signalCode } = browser.process();
  if (exitCode === null && signalCode === null) await new Promise((resolve) => browser.process().once("exit", resolve));
}

/** Puppeteer puts Firefox's preferences back after the browser's exit, and nothing of it says when: a launch in between finds files that vanish. */
async function preferencesRestored(profile) {
  const remain = () => ["prefs.js", "user.js"].filter((file) => existsSync(`${profile}/${file}.puppeteer`));
  for (let waited = 0; remain().length > 0; waited += 10) {
    if (waited > RESTORED_MS_MAX) throw new Error(`puppeteer has not put back ${remain().join(" and ")} of ${profile}`);
    await delay(10);
  }
}

/** Runs a function of a page, with the host library and an argument. The page must be the server's. */
export function evaluate(page, work, argument) {
  return page.evaluate(`(async () => (${work})(await import("/index.js"), ${JSON.stringify(argument)}))()`);
}
