// The one script of the console. Every page works without it.
"use strict";

// The session's end, counted down. At its end what was shown is wiped.
const ends = document.querySelector("[data-seconds-left]");
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
      document.querySelector("main").replaceChildren();
      location.replace(`/console/sign-in?ended=1&next=${encodeURIComponent(location.pathname + location.search)}`);
      return;
    }
    setTimeout(tick, 1000);
  };
  tick();
}

// What was typed as purpose, reason, filter and recipients survives the session's end. Numbers are never kept.
function kept(field) { return `keep.${location.pathname}.${field.name}`; }
function keep() {
  for (const field of document.querySelectorAll("[data-keep]")) {
    if (field.value) { sessionStorage.setItem(kept(field), field.value); }
  }
}
for (const field of document.querySelectorAll("[data-keep]")) {
  const text = sessionStorage.getItem(kept(field));
  if (text && (!field.value || field.matches("select"))) { field.value = text; }
  sessionStorage.removeItem(kept(field));
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

// A file may be dropped anywhere on its form.
for (const field of document.querySelectorAll("input.drop")) {
  const over = (on) => (event) => { event.preventDefault(); field.classList.toggle("over", on); };
  field.form.addEventListener("dragover", over(true));
  field.form.addEventListener("dragleave", over(false));
  field.form.addEventListener("drop", (event) => {
    over(false)(event);
    if (event.dataTransfer.files.length) { field.files = event.dataTransfer.files; }
  });
}

// What takes long is sent once.
for (const button of document.querySelectorAll("[data-once]")) {
  button.form.addEventListener("submit", () => setTimeout(() => {
    button.disabled = true;
    button.textContent = "It is being sent…";
  }));
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
