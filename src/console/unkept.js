
// A browser writes the body of a form that it sends into its history, and so to its disk. A form with a number is
// therefore sent by the script, which puts the answer in place of the page: such a body is in no history.
function unkept(form) {
  const says = form.querySelector("output");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const [fields, buttons] = [new URLSearchParams(new FormData(form)), form.querySelectorAll("button")];
    const sends = (on) => buttons.forEach((button) => { button.disabled = on; });
    const failed = () => {
      sends(false);
      buttons[0].focus();
      says.textContent = "No answer came. What was asked may count all the same. Ask again once the vault answers.";
    };
    const request = new XMLHttpRequest();
    request.addEventListener("error", failed);
    request.addEventListener("abort", failed);
    request.addEventListener("load", () => {
      if (request.status === 401) { hasEnded(); return; }
      if (!request.response?.querySelector("main")) { failed(); return; }
      // The form leaves the page, and nothing that was typed stays in it.
      form.reset();
      // Where it led to another page, that one has come.
      history.replaceState(null, "", request.responseURL);
      show(request.response);
      document.querySelectorAll("form[data-unkept]").forEach(unkept);
    });
    request.open("POST", form.action);
    request.responseType = "document";
    sends(true);
    says.textContent = "It is being asked…";
    request.send(fields);
  });
}
document.querySelectorAll("form[data-unkept]").forEach(unkept);
