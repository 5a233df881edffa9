
// A file stays chosen from step to step: the script sends it, and puts the answer in place of the page. Without it the
// browser sends the form as it is, and the file is chosen for each step.
function upload(form, chosen) {
  const field = form.querySelector("input[type=file]");
  const says = form.querySelector("output");
  const more = form.querySelector("details");
  if (chosen) {
    const files = new DataTransfer();
    files.items.add(chosen);
    field.files = files.files;
    const told = document.querySelector("[data-chosen]");
    if (told) { told.textContent = `“${chosen.name}” is still chosen, and what you said about it is kept.`; }
  }
  // The script sends the file last wherever it stands, so it stands first.
  form.querySelector(".steps").after(more);
  const over = (on) => (event) => { event.preventDefault(); field.classList.toggle("over", on); };
  form.addEventListener("dragover", over(true));
  form.addEventListener("dragleave", over(false));
  form.addEventListener("drop", (event) => {
    over(false)(event);
    if (event.dataTransfer.files.length) { field.files = event.dataTransfer.files; }
  });
  const buttons = [...form.querySelectorAll("button")];
  form.addEventListener("submit", (event) => {
    const file = field.files[0];
    if (!file || !event.submitter) { return; }
    event.preventDefault();
    const fields = new FormData(form);
    fields.delete("file");
    fields.append("file", file, file.name);
    const request = new XMLHttpRequest();
    // What the script cannot send, the browser does, in its own order.
    const failed = () => {
      field.closest("p").before(more);
      form.action = event.submitter.formAction;
      form.submit();
    };
    request.upload.addEventListener("progress", (sent) => {
      const share = sent.lengthComputable ? Math.floor(100 * sent.loaded / sent.total) : 0;
      says.textContent = share < 100 ? `It is being sent: ${share} %` : "It was sent, and is being read…";
    });
    request.addEventListener("error", failed);
    request.addEventListener("load", () => {
      const main = request.response && request.response.querySelector("main");
      if (request.status === 401) {
        keep();
        leave(`/console/sign-in?ended=1&next=${encodeURIComponent(location.pathname)}`);
      } else if (main) { answered(request.response, file); } else { failed(); }
    });
    request.open("POST", event.submitter.formAction);
    request.responseType = "document";
    buttons.forEach((button) => { button.disabled = true; });
    says.textContent = "It is being sent…";
    request.send(fields);
  });
}

// Shows the answer to a file; the address stays that of the form.
function answered(page, file) {
  document.title = page.title;
  for (const part of ["main", "footer"]) {
    document.querySelector(part).replaceWith(document.adoptNode(page.querySelector(part)));
  }
  const keys = document.querySelector(".keys");
  if (keys) { keys.hidden = !keyed.length; }
  for (const form of document.querySelectorAll("form[data-upload]")) { upload(form, file); }
  (document.getElementById("problem") || document.querySelector("main")).focus();
  scrollTo(0, 0);
}
for (const form of document.querySelectorAll("form[data-upload]")) { upload(form); }
