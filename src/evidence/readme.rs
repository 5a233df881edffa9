//! The README of a package: how to check and open it with common tools.

use crate::evidence::PackageName;

/// The text of `data/README.txt`. It contains no key, because a key that comes with what it signs
/// proves nothing.
/// `signed` says whether a passkey of the decider signed the decision.
pub fn readme(name: &PackageName, signed: bool) -> String {
    let device = if signed { SIGNED } else { UNSIGNED };
    let text = TEXT.replace("{device}", device);
    text.replace("{name}", name.as_str())
}

const SIGNED: &str = "\
The decider's own device signed the decision: data/passkey-assertion.txt is what
it signed about data/passkey-statement.json, data/passkey.pem its public key,
and data/passkey-enrolment.json the leaf by which it was enrolled, with its
proof. `breachvault evidence verify` with --require-passkey checks that.";

const UNSIGNED: &str = "\
No device signed the decision: the decider had no passkey. That it was the
decider rests on a password and a code, and on the vault alone.";

const TEXT: &str = "\
This is the evidence package {name}: a signed BagIt bag (RFC 8493). Only the
named recipients can open its sealed files.

Check it, in the directory that holds this bag's bagit.txt:

  sha256sum --strict -c tagmanifest-sha256.txt
  sha256sum --strict -c manifest-sha256.txt
  ssh-keygen -Y verify -f allowed_signers -I breachvault \\
    -n breachvault-evidence -s tagmanifest-sha256.txt.sig \\
    < tagmanifest-sha256.txt

allowed_signers holds the vault's public key. Get it from the vault's operators,
but not together with this package; the same goes for log.vkey, the public key
of its audit log. With both, this does all of it:

  breachvault evidence verify PATH --signer allowed_signers --vkey log.vkey

It also looks for files that no manifest lists, checks the proof
(data/{name}.tlog-proof) that the leaf in data/entry.json is in the audit log,
and that this leaf is the decision of somebody else than the asker to approve
what data/decided.json says.

{device}

Open it:

  age -d -i YOUR-IDENTITY -o export.csv data/export.csv.age

or `breachvault evidence open PATH --identity FILE`, which also compares every
file with the sealed digests in data/digests.json.age.

In a CSV, a cell that a spreadsheet would run or change has one ' in front. That
includes every number that begins with +. Take one ' away from the start of a
cell, and the exact value is left. The JSON has the exact values, and so has
export.xlsx, if there is one: each of its cells is text. Blank lines at the end
of a file are padding.

The sealed files contain personal data. Keep it sealed when it is not in use.
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_readme_names_the_package_and_no_key() {
        for signed in [true, false] {
            let text = readme(&PackageName::parse("EXP-0003").unwrap(), signed);
            assert!(text.contains("data/EXP-0003.tlog-proof"));
            assert!(text.contains("--signer allowed_signers --vkey log.vkey"));
            assert!(!text.contains('{') && !text.contains("ssh-ed25519"));
            assert!(text.lines().all(|line| line.len() <= 80));
            assert_eq!(text.contains("No device signed"), !signed);
        }
    }
}
