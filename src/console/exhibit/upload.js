
// A file stays chosen from step to step: the script sends it, and puts the answer in place of the page. Without it the
// browser sends the form as it is, and the file is chosen for each step.
function upload(form, chosen) {
  const field = form.querySelector("input[type=file]");
  const [says, more] = [form.querySelector("output"), form.querySelector("details")];
  if (chosen) {
    const files = new DataTransfer();
    files.items.add(chosen);
    field.files = files.files;
    const told = document.querySelector("[data-chosen]");
    if (told) { told.textContent = `“${chosen.name}” is still chosen, and what you said about it is kept.`; }
  }
  // The script sends the file last wherever it stands, so it stands first.
  form.querySelector(".steps").after(more);
  drops(form, field, (given) => { if (given.files.length) { field.files = given.files; } });
  form.addEventListener("submit", (event) => {
    const [file, to] = [field.files[0], event.submitter?.formAction];
    if (!file || !to) { return; }
    event.preventDefault();
    const fields = new FormData(form);
    fields.delete("file");
    fields.append("file", file, file.name);
    // What the script cannot send, the browser does, in its own order.
    const failed = () => { field.closest("p").before(more); form.action = to; form.submit(); };
    const request = new XMLHttpRequest();
    request.upload.addEventListener("progress", ({ loaded, total }) => {
      says.textContent = loaded < total ? `It is being sent: ${Math.floor(100 * loaded / total)} %` : "It is being read…";
    });
    request.addEventListener("error", failed);
    request.addEventListener("load", () => {
      if (request.status === 401) { hasEnded(); return; }
      if (request.response?.querySelector("main")) { answered(request.response, file); } else { failed(); }
    });
    request.open("POST", to);
    request.responseType = "document";
    form.querySelectorAll("button").forEach((button) => { button.disabled = true; });
    says.textContent = "It is being sent…";
    request.send(fields);
  });
}

// Shows the answer to a file; the address stays that of the form.
function answered(page, file) {
  show(page);
  document.querySelectorAll("form[data-upload]").forEach((form) => upload(form, file));
}
document.querySelectorAll("form[data-upload]").forEach((form) => upload(form));
