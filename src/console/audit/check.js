
// The page of a leaf: its proof is checked here, by the browser alone. SHA-256 of the leaf, the path to the root of the
// tree (RFC 6962), and the Ed25519 signature of the checkpoint (C2SP signed-note) with the key that the page names.
{
  const checks = document.querySelector("[data-check]");
  if (checks && globalThis.crypto?.subtle) {
    const text = (id) => document.getElementById(id).textContent;
    const utf8 = (string) => new TextEncoder().encode(string);
    const bytes = (base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const joined = (...parts) => Uint8Array.from(parts.flatMap((part) => [...part]));
    const same = (one, other) => one.length === other.length && one.every((byte, at) => byte === other[at]);
    const sha256 = async (...parts) => new Uint8Array(await crypto.subtle.digest("SHA-256", joined(...parts)));
    // The root that a leaf and its path give (RFC 9162, 2.1.3.2); nothing if the path does not fit. A log has fewer
    // leaves than a number here can count.
    const rootOf = async (leaf, index, size, path) => {
      if (!(index < size)) { return null; }
      let [place, last, root] = [index, size - 1, leaf];
      for (const hash of path) {
        if (last === 0) { return null; }
        if (place % 2 === 1 || place === last) {
          root = await sha256([1], hash, root);
          while (place % 2 === 0 && place !== 0) { [place, last] = [place / 2, Math.floor(last / 2)]; }
        } else {
          root = await sha256([1], root, hash);
        }
        [place, last] = [Math.floor(place / 2), Math.floor(last / 2)];
      }
      return last === 0 ? root : null;
    };
    // The key as its three parts, of which the middle one has to follow from the others.
    const readKey = async (line) => {
      const wrong = new Error("the key is not spelt as it should be");
      const parts = /^([^+\s]+)\+([0-9a-f]{8})\+(\S+)$/.exec(line.trim());
      if (!parts) { throw wrong; }
      const [, name, id, key] = parts;
      const [type, ...raw] = bytes(key);
      const made = (await sha256(utf8(`${name}\n`), bytes(key))).slice(0, 4);
      const spelt = [...made].map((byte) => byte.toString(16).padStart(2, "0")).join("");
      if (type !== 1 || raw.length !== 32 || spelt !== id) { throw wrong; }
      const usable = await crypto.subtle.importKey("raw", Uint8Array.from(raw), { name: "Ed25519" }, false, ["verify"]);
      return { name, made, usable };
    };
    const check = async () => {
      const leaf = utf8(text("leaf-bytes"));
      const [head, ...after] = text("leaf-proof").split("\n\n");
      const note = after.join("\n\n");
      const [format, ...lines] = head.split("\n");
      if (format !== "c2sp.org/tlog-proof@v1") { throw new Error("the proof has another format"); }
      const place = lines.findIndex((line) => line.startsWith("index "));
      const index = Number(lines[place].slice("index ".length));
      const path = lines.slice(place + 1).map(bytes);
      const end = note.lastIndexOf("\n\n");
      const [signed, signatures] = [note.slice(0, end + 1), note.slice(end + 2)];
      const [origin, size, root] = signed.split("\n");
      const key = await readKey(text("log-key"));
      const own = signatures.split("\n").map((line) => line.split(" ")).find((parts) =>
        parts[0] === "\u2014" && parts[1] === key.name && same(bytes(parts[2]).slice(0, 4), key.made));
      const isSigned = own && origin === key.name
        && await crypto.subtle.verify("Ed25519", key.usable, bytes(own[2]).slice(4), utf8(signed));
      if (!isSigned) { throw new Error("the checkpoint is not signed with this key"); }
      const found = await rootOf(await sha256([0], leaf), index, Number(size), path);
      if (!found || !same(found, bytes(root))) { throw new Error("the leaf is not in the tree of this checkpoint"); }
      const said = JSON.parse(text("leaf-bytes"));
      const elsewhere = said.seq !== index || said.origin !== origin;
      if (elsewhere) { throw new Error("the leaf says another place than the proof"); }
      return `True: these bytes are leaf ${index} of the ${size} leaves that the key signed. `
        + "Not shown by this: that the key is the vault's. Compare it with the one that you kept.";
    };
    const output = checks.querySelector("output");
    checks.querySelector("p").hidden = false;
    const say = (words, how) => { output.textContent = words; output.className = how; };
    checks.querySelector("button").addEventListener("click", () => check().then((said) => say(said, "done"), (error) =>
      say(error.name === "NotSupportedError"
        ? "This browser cannot check Ed25519 signatures. Use the commands below."
        : `Not proved: ${error.message}. Keep these texts, and tell the administrator and the other auditors.`, "problem")));
  }
}
