// The one script of the console. Every page works without it.
"use strict";

// The session's end, counted down. At its end what was shown is wiped.
const ends = document.querySelector("[data-seconds-left]");
const person = ends ? ends.dataset.person : "";
// Nine digits or more with nothing but signs between, and no letter of an identifier before.
const numberLike = /(?<![\p{L}\p{Nd}_])(?:\p{Nd}[^\p{L}\p{Nd}]{0,5}){8}\p{Nd}/u;
const others = new BroadcastChannel("breachvault");
if (ends) {
  const until = Date.now() + Number(ends.dataset.secondsLeft) * 1000;
  const shown = ends.querySelector(".countdown");
  const two = (number) => String(number).padStart(2, "0");
  const tick = () => {
    const left = Math.max(0, Math.round((until - Date.now()) / 1000));
    shown.textContent = ` (in ${Math.floor(left / 3600)}:${two(Math.floor(left / 60) % 60)}:${two(left % 60)})`;
    ends.classList.toggle("soon", left < 300);
    if (left === 300) { shown.setAttribute("aria-live", "polite"); }
    if (left === 0) {
      keep();
      leave(`/console/sign-in?ended=1&next=${encodeURIComponent(location.pathname)}`);
      return;
    }
    setTimeout(tick, 1000);
  };
  tick();
}

// Wipes what is shown, and goes.
function leave(to) {
  for (const secret of document.querySelectorAll(".number")) { secret.replaceChildren(); }
  document.querySelector("main").replaceChildren();
  location.replace(to);
}

// Whoever signs out does so in every tab.
others.addEventListener("message", () => { if (person) { leave("/console/sign-in"); } });
for (const form of document.querySelectorAll("form[action='/console/sign-out']")) {
  form.addEventListener("submit", () => others.postMessage("left"));
}

// What was typed as purpose and reason survives the session's end, for the same person. Numbers are never kept.
function keep() {
  for (const field of document.querySelectorAll("[data-keep]")) {
    if (field.value && !numberLike.test(field.value)) {
      sessionStorage.setItem(`keep.${person}.${field.name}`, field.value);
    }
  }
}
if (person) {
  for (const key of Object.keys(sessionStorage)) {
    if (!key.startsWith(`keep.${person}.`)) { sessionStorage.removeItem(key); }
  }
}
for (const field of document.querySelectorAll("[data-keep]")) {
  const key = `keep.${person}.${field.name}`;
  const kept = sessionStorage.getItem(key);
  if (kept && !field.value) { field.value = kept; }
  sessionStorage.removeItem(key);
}

// What a filter has stands in the address, where no number belongs. The vault refuses it too.
for (const form of document.querySelectorAll("form[method=get]")) {
  const typed = [...form.querySelectorAll("input:not([type]), textarea")].filter((field) => !/^sent_/.test(field.name));
  form.addEventListener("submit", (event) => {
    for (const field of typed) {
      const account = field.name === "account" && /^[0-9]+$/.test(field.value.trim());
      if (account || !numberLike.test(field.value)) { continue; }
      event.preventDefault();
      field.setCustomValidity("This reads as a phone number. Numbers are looked up under “Look up”.");
      field.reportValidity();
      return;
    }
  });
  for (const field of typed) { field.addEventListener("input", () => field.setCustomValidity("")); }
}

// A list of numbers may be dropped as a text file.
for (const field of document.querySelectorAll("textarea.drop")) {
  const over = (on) => (event) => { event.preventDefault(); field.classList.toggle("over", on); };
  field.addEventListener("dragover", over(true));
  field.addEventListener("dragleave", over(false));
  field.addEventListener("drop", async (event) => {
    over(false)(event);
    const file = event.dataTransfer.files[0];
    field.value = file ? await file.text() : event.dataTransfer.getData("text");
  });
}

// A browser writes the body of a form that it sent into its history, and so to its disk. Once the page is there, it
// stands in the history as an address alone, from which nothing can be sent again.
history.replaceState(null, "", location.pathname.replace(/\/(open|acknowledgement|close|hold|reopen)$/, "") + location.search);

// What was shown is gone from memory when the page is left, and not shown again by going back.
addEventListener("pagehide", () => {
  for (const secret of document.querySelectorAll(".number, textarea.drop")) {
    if (secret.matches("textarea")) { secret.value = ""; } else { secret.replaceChildren(); }
  }
});
addEventListener("pageshow", (event) => { if (event.persisted) { location.reload(); } });

// Keys: each link or field that has one says so.
const keyed = [...document.querySelectorAll("[data-key]")];
const dialog = document.getElementById("keys");
const note = document.querySelector(".keys");
if (note && keyed.length) {
  note.hidden = false;
  for (const item of keyed) {
    const key = document.createElement("kbd");
    key.textContent = item.dataset.key;
    const term = document.createElement("dt");
    term.append(key);
    const what = document.createElement("dd");
    what.textContent = item.dataset.keyName || item.textContent.trim();
    dialog.querySelector("dl").append(term, what);
  }
  addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, dialog");
    if (typing || event.ctrlKey || event.metaKey || event.altKey) { return; }
    if (event.key === "?") { dialog.showModal(); return; }
    const item = keyed.find((one) => one.dataset.key === event.key);
    if (item) { event.preventDefault(); item.focus(); if (item.matches("a, button")) { item.click(); } }
  });
}

// After a refusal the reader is led to what is wrong.
const problem = document.getElementById("problem");
if (problem) { problem.focus(); }
