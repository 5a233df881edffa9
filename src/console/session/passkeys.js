
// Passkeys. Whatever is asked for is made by the vault; the authenticator shows for whom it is, and verifies the person.
const bytesOf = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
const textOf = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)))
  .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const hasPasskeys = Boolean(window.PublicKeyCredential && navigator.credentials) && /[a-z]/.test(location.hostname);

// What the passkey signed, as the vault reads it.
async function sign({ nonce, challenge, relying_party: rpId }) {
  const publicKey = { challenge: bytesOf(challenge), rpId, userVerification: "required" };
  const { rawId, response } = await navigator.credentials.get({ publicKey });
  const parts = [rawId, response.clientDataJSON, response.authenticatorData, response.signature];
  return [nonce, ...parts.map(textOf)].join(".");
}

// The answer to a form that is sent to ask, not to do.
async function asked(to, fields) {
  const sent = new URLSearchParams([...fields].filter(([, value]) => typeof value === "string"));
  const answer = await fetch(to, { method: "POST", body: sent });
  const json = answer.ok && answer.headers.get("content-type")?.startsWith("application/json");
  return json ? answer.json() : null;
}

// Holds a form back until `fill` has filled in what it needs from a passkey. What goes wrong there is for the vault to
// refuse and to record, but for what the person cancels.
function before(form, fill) {
  let ready = false;
  form.addEventListener("submit", async (event) => {
    if (ready || event.defaultPrevented) { return; }
    event.preventDefault();
    const button = event.submitter;
    const says = form.querySelector("output");
    try {
      await fill(form, button);
    } catch (error) {
      const words = error.name === "NotAllowedError" ? "It was cancelled, or took too long." : "The passkey cannot be used here.";
      if (says) { says.textContent = words; } else { button.after(` ${words}`); }
      return;
    }
    // A form that is still being sent takes no second order to be sent: where nothing was waited for, it would be.
    await new Promise((done) => { setTimeout(done); });
    ready = true;
    form.requestSubmit(button);
    ready = false;
  });
}

// An act that the reader's passkey signs: what to sign is asked for with the same form.
async function signForm(form, button) {
  const field = form.elements.passkey;
  field.value = "ask";
  const fields = new FormData(form, button);
  field.value = "";
  // A button without the attribute names the page's own address, whatever the form's is.
  const to = button?.hasAttribute("formaction") ? button.formAction : form.action;
  const challenge = await asked(to, fields);
  // Whatever was refused is refused again, with its page.
  if (challenge) { field.value = await sign(challenge); }
}

async function makePasskey(form, button) {
  const { form_token: token, nonce, client_data: clientData, authenticator_data: authenticatorData } = form.elements;
  const begun = await asked("/console/passkeys/challenge", new URLSearchParams({ form_token: token.value }));
  if (!begun) { return; }
  const made = await navigator.credentials.create({ publicKey: {
    challenge: bytesOf(begun.challenge),
    rp: { id: begun.relying_party, name: "breachvault" },
    user: { id: bytesOf(begun.user), name: begun.name, displayName: begun.name },
    pubKeyCredParams: [{ type: "public-key", alg: -7 }],
    authenticatorSelection: { residentKey: "preferred", userVerification: "required" },
    excludeCredentials: begun.exclude.map((id) => ({ type: "public-key", id: bytesOf(id) })),
    attestation: "none",
  } });
  nonce.value = begun.nonce;
  clientData.value = textOf(made.response.clientDataJSON);
  authenticatorData.value = textOf(made.response.getAuthenticatorData());
  if (form.elements.passkey) { await signForm(form, button); }
}

if (hasPasskeys) {
  document.querySelectorAll("[data-needs-passkey]").forEach((told) => told.remove());
  for (const form of document.querySelectorAll("form")) {
    if ("makesPasskey" in form.dataset) { before(form, makePasskey); continue; }
    if (form.elements.passkey && !form.querySelector("[data-passkey]")) { before(form, signForm); }
  }
  // At a sign-in the person says with which of the two buttons.
  const button = document.querySelector("button[data-passkey]");
  if (button) {
    button.hidden = false;
    before(button.form, async (form, pressed) => {
      if (pressed !== button) { return; }
      const challenge = await (await fetch("/api/v1/sessions/challenge")).json();
      form.elements.passkey.value = await sign(challenge);
    });
  }
}
