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
      leave(`/console/sign-in?ended=1&next=${encodeURIComponent(location.pathname + location.search)}`);
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

// What was typed as purpose, reason, filter and recipients survives the session's end, for the same person. Numbers are
// never kept.
function kept(field) { return `keep.${person}.${location.pathname}.${field.name}`; }
function keep() {
  for (const field of document.querySelectorAll("[data-keep]")) {
    if (field.value && !numberLike.test(field.value)) {
      sessionStorage.setItem(kept(field), field.value);
    }
  }
}
if (person) {
  for (const key of Object.keys(sessionStorage)) {
    if (!key.startsWith(`keep.${person}.`)) { sessionStorage.removeItem(key); }
  }
}
for (const field of document.querySelectorAll("[data-keep]")) {
  const text = sessionStorage.getItem(kept(field));
  if (text && (!field.value || field.matches("select"))) { field.value = text; }
  sessionStorage.removeItem(kept(field));
}

// What a filter has stands in the address, where no number belongs. The vault refuses it too.
const words = ["country", "state", "area_state", "carrier", "kind", "channel"];
for (const form of document.querySelectorAll("form[method=get]")) {
  const typed = [...form.querySelectorAll("input:not([type]), textarea")].filter((field) => !/^sent_/.test(field.name));
  form.addEventListener("submit", (event) => {
    for (const field of typed) {
      const account = field.name === "account" && /^[0-9]+$/.test(field.value.trim());
      const bare = words.includes(field.name) && /^\p{Nd}{7,15}$/u.test(field.value.trim());
      if (account || !(bare || numberLike.test(field.value))) { continue; }
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

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const text = document.getElementById(button.dataset.copy).textContent;
    navigator.clipboard.writeText(text).then(() => { button.textContent = "Copied"; }, () => {});
  });
}

// A browser writes the body of a form that it sent into its history, and so to its disk. Once the page is there, it
// stands in the history as an address alone, from which nothing can be sent again.
const place = location.pathname.replace(/\/(open|acknowledgement|close|hold|reopen)$/, "")
  .replace(/\/members\/[^/]+\/(thaw|suspension|lift)$/, "/members")
  .replace(/\/(sessions|operators)\/[^/]+\/(end|revoke)$/, "/$1");
history.replaceState(null, "", place + location.search);

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

// The rows of a list: j and k go to the next and the previous one, x ticks it. Enter follows what has the focus.
const rows = () => [...document.querySelectorAll("main tbody tr, main .entry")];
const ticked = (row) => row.querySelector("input[type=checkbox]");
const current = () => rows().find((row) => row.contains(document.activeElement));
const moves = new Map([["j", 1], ["k", -1]]);
function move(step) {
  const all = rows();
  const at = all.indexOf(current());
  const row = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : at + step];
  if (!row) { return; }
  let goal = row.querySelector("a[href], summary, button, input:not([type=hidden])");
  if (!goal) { goal = row; row.tabIndex = -1; }
  goal.focus();
  row.scrollIntoView({ block: "nearest" });
}
const named = keyed.map((item) => [item.dataset.key, item.dataset.keyName || item.textContent.trim()]);
if (rows().length) { named.push(["j", "Next row"], ["k", "Previous row"]); }
if (rows().some(ticked)) { named.push(["x", "Tick the row"]); }

if (note && keyed.length) {
  note.hidden = false;
  for (const [name, does] of named) {
    const key = document.createElement("kbd");
    key.textContent = name;
    const term = document.createElement("dt");
    term.append(key);
    const what = document.createElement("dd");
    what.textContent = does;
    dialog.querySelector("dl").append(term, what);
  }
  addEventListener("keydown", (event) => {
    const typing = event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select, dialog");
    if (typing || event.ctrlKey || event.metaKey || event.altKey) { return; }
    if (event.key === "?") { dialog.showModal(); dialog.querySelector("h2").focus(); return; }
    if (moves.has(event.key)) { event.preventDefault(); move(moves.get(event.key)); return; }
    const tick = event.key === "x" && current() && ticked(current());
    if (tick) { event.preventDefault(); tick.click(); return; }
    const item = keyed.find((one) => one.dataset.key === event.key);
    if (item) { event.preventDefault(); item.focus(); if (item.matches("a, button")) { item.click(); } }
  });
}

// After a refusal the reader is led to what is wrong.
const problem = document.getElementById("problem");
if (problem) { problem.focus(); }

// A stretch of days is chosen by dragging over their bars. One bar alone is a link.
for (const chart of document.querySelectorAll("svg[data-brush]")) {
  const bars = [...chart.querySelectorAll("a[data-from]")];
  let first = -1;
  const at = (event) => bars.indexOf(event.target.closest("a[data-from]"));
  const mark = (last) => bars.forEach((bar, place) => bar.classList.toggle("brushed",
    first >= 0 && last >= 0 && place >= Math.min(first, last) && place <= Math.max(first, last)));
  chart.addEventListener("dragstart", (event) => event.preventDefault());
  chart.addEventListener("pointerdown", (event) => { first = event.button === 0 ? at(event) : -1; });
  chart.addEventListener("pointermove", (event) => { if (first >= 0) { mark(at(event)); } });
  chart.addEventListener("pointerup", (event) => {
    const last = at(event);
    if (first >= 0 && last >= 0 && first !== last) {
      const address = new URL(location.href);
      address.searchParams.set("sent_from", bars[Math.min(first, last)].dataset.from);
      address.searchParams.set("sent_to", bars[Math.max(first, last)].dataset.to);
      location.assign(address.href);
    }
    first = -1;
  });
  for (const over of ["pointerleave", "pointercancel"]) { chart.addEventListener(over, () => { first = -1; mark(-1); }); }
}
