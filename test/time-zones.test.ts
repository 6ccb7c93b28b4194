import { expect, it } from "vitest";
import { isTimeZone, windowsTimeZone } from "../src/time-zones.ts";

it.each([
  ["UTC", "UTC"],
  ["America/Sao_Paulo", "E. South America Standard Time"],
  ["Europe/Berlin", "W. Europe Standard Time"],
  ["Europe/Kyiv", "FLE Standard Time"],
  ["Europe/Kiev", "FLE Standard Time"],
  ["Asia/Kolkata", "India Standard Time"],
  ["US/Pacific", "Pacific Standard Time"],
])("%s is %s on Windows", (iana, windows) => {
  expect(windowsTimeZone(iana)).toBe(windows);
});

it("knows every zone of this engine except one in Antarctica that Windows lacks", () => {
  const unknown = Intl.supportedValuesOf("timeZone").filter((zone) => windowsTimeZone(zone) === undefined);
  expect(unknown).toEqual(["Antarctica/Troll"]);
});

it("rejects invalid zones", () => {
  expect(windowsTimeZone("Europe/Atlantis")).toBeUndefined();
  expect(windowsTimeZone("constructor")).toBeUndefined();
});

it("knows the zones of the table and those that only the platform has", () => {
  expect(["UTC", "America/Sao_Paulo", "Europe/Kyiv", "America/Coyhaique"].filter(isTimeZone)).toHaveLength(4);
});

it.each(["", "Sao Paulo", "Mars/Phobos", "+03:00", "BRT", "constructor"])("knows no zone %j", (name) => {
  expect(isTimeZone(name)).toBe(false);
});
