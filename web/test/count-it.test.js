import assert from "node:assert/strict";
import { test } from "node:test";
import { fromAddress, html, toAddress } from "../explorables/count-it.js";

test("an address and its state are one another's", () => {
  for (const address of [
    "lstm-64-128",
    "simplernn-1-99999-nobias",
    "gru-7-9-before-both",
    "gru-7-9-torch-nobias-both",
    "count-98816",
    "count-1-torch",
  ]) {
    const state = fromAddress(`#${address}`);
    assert.ok(state);
    assert.equal(toAddress(state), address);
  }
});

test("another address is none of ours", () => {
  for (const address of [
    "",
    "#",
    "#exercises",
    "#lstm-0-1",
    "#count-0",
    "#count-which",
    "#lstm-100000-1",
    "#lstm-1-2-x",
  ]) {
    assert.equal(fromAddress(address), undefined, address);
  }
});

test("the first picture needs no browser and holds the chapter's count", () => {
  assert.match(html(), /4·\(\(64\+128\)·128\+128\).*= 98,816/);
});
