//! What somebody sees who has used an invitation or set up a second factor: its secret, once, as a picture and as text.

use askama::Template;
use qrcode::{Color, EcLevel, QrCode};

use crate::console::visit::Visit;

/// The second factor, shown once.
#[derive(Template)]
#[template(path = "operator/accepted.html")]
pub struct AcceptedPage<'a> {
    /// The request.
    pub visit: &'a Visit,
    /// The name to sign in with.
    pub name: &'a str,
    /// The secret of the second factor, in base32; `None` without one.
    pub secret: Option<&'a str>,
    /// The same as a picture.
    pub picture: Option<Picture>,
}

/// A QR code as the path of an SVG: one square for each dark module, with the quiet zone around them.
pub struct Picture {
    /// How many modules each side has, with the quiet zone.
    pub side: usize,
    /// The path's commands.
    pub path: String,
}

/// How many light modules a reader needs around the code (ISO/IEC 18004).
const QUIET: usize = 4;

impl Picture {
    /// The picture of a text; `None` if it is too long for one.
    pub fn of(text: &str) -> Option<Self> {
        let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
        let width = code.width();
        let mut path = String::new();
        for (at, colour) in code.to_colors().into_iter().enumerate() {
            if colour == Color::Dark {
                let (x, y) = (at % width + QUIET, at / width + QUIET);
                path.push_str(&format!("M{x} {y}h1v1h-1z"));
            }
        }
        Some(Self {
            side: width + 2 * QUIET,
            path,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_has_its_quiet_zone_and_three_finders() {
        let picture =
            Picture::of("otpauth://totp/breachvault:lead.one?secret=GEZDGNBVGY3TQOJQ").unwrap();
        let dark = |x: usize, y: usize| picture.path.contains(&format!("M{x} {y}h1v1h-1z"));
        let far = picture.side - QUIET - 1;
        for (x, y) in [(QUIET, QUIET), (far, QUIET), (QUIET, far)] {
            assert!(dark(x, y), "{x} {y}");
        }
        assert!((0..picture.side).all(|at| !dark(at, QUIET - 1) && !dark(QUIET - 1, at)));
    }
}
