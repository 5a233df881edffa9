// Compares the vault's fingerprint with the one in the share, and with one that was typed, and only then sends the share.
"use strict";
const by = (id) => document.getElementById(id);
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const plain = (text) => text.toLowerCase().replace(/[\s:-]/g, "");

// The fingerprint in a share: the first eight bytes behind its prefix; nothing if it is no share.
function fingerprintOf(share) {
  const typed = share.toUpperCase().replace(/[\s-]/g, "");
  if (!/^BVSHARE[1I]/.test(typed) || typed.length !== 112) return null;
  let held = 0, bits = 0, hex = "";
  for (const typedLetter of typed.slice(8)) {
    const letter = { 0: "O", 1: "I", 8: "B" }[typedLetter] || typedLetter;
    const value = LETTERS.indexOf(letter);
    if (value < 0) return null;
    held = ((held << 5) | value) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      hex += ((held >> bits) & 0xff).toString(16).padStart(2, "0");
    }
    if (hex.length === 16) return hex;
  }
  return null;
}

async function progress() {
  const answer = await fetch("/api/v1/unseal", { cache: "no-store" });
  if (!answer.ok) throw new Error();
  return answer.json();
}

function show(told) {
  by("progress").textContent = told.state === "opening"
    ? "There were enough shares: the vault is opening."
    : told.needed ? `${told.given.length} of ${told.needed} shares have been given.` : "No share has been given yet.";
}

// Asks until the vault answers as an open one, then goes to its first page.
async function goOn() {
  by("form").hidden = true;
  for (let looks = 1; ; looks += 1) {
    await new Promise((done) => { setTimeout(done, 2000); });
    try {
      if ((await fetch("/readyz", { cache: "no-store" })).ok) { location.assign("/"); return; }
      // It did not open, and was started sealed again.
      if ((await progress()).state === "sealed") { location.reload(); return; }
    } catch {
      // Nobody answers between the sealed server and the open one, and that one knows no progress.
    }
    if (looks === 30) {
      by("told").textContent = "It takes longer than a minute. Ask whoever runs the vault: its log says why.";
    }
  }
}

async function give(event) {
  event.preventDefault();
  const share = by("share").value;
  by("told").textContent = "";
  const own = fingerprintOf(share);
  if (!own) {
    by("told").textContent = "This is no share, or letters of it are missing. Nothing was sent.";
    return;
  }
  by("send").disabled = true;
  try {
    const vault = plain((await progress()).fingerprint);
    const typed = plain(by("typed").value);
    if (own !== vault || (typed && typed !== vault)) {
      by("told").textContent = "The fingerprints differ: this is another vault. Nothing was sent.";
      return;
    }
    const answer = await fetch("/api/v1/unseal", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ share }),
    });
    const told = await answer.json();
    if (!answer.ok) {
      by("told").textContent = told.rule || told.title;
      return;
    }
    by("share").value = "";
    show(told);
    if (told.state === "opening") { goOn(); }
  } catch {
    by("told").textContent = "The vault does not answer as a sealed one: it may be open by now. Load the page again.";
  } finally {
    by("send").disabled = false;
  }
}

by("form").addEventListener("submit", give);
by("send").disabled = false;
