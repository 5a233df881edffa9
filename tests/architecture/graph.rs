//! Which file names which, read from the sources as text.
//!
//! A path is followed through `pub use` to the file that defines the item. `mod`
//! lines and `pub use` lines are no dependency of the file they stand in. Not seen:
//! what a macro's expansion names, and methods of a type that another file adds.

use std::collections::{BTreeMap, BTreeSet};

/// A path from the crate's root, such as `["vault", "store", "Readers"]`.
type Path = Vec<String>;

/// The files of the crate, and for each the files it names.
pub(crate) struct Graph {
    pub(crate) edges: BTreeMap<String, BTreeSet<String>>,
}

struct Module<'s> {
    file: &'s str,
    path: Path,
    uses: Vec<Use>,
    /// Paths in the code itself.
    named: Vec<Path>,
}

struct Use {
    path: Path,
    alias: String,
    public: bool,
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Word(String),
    Colons,
    Other(char),
}

impl Graph {
    /// `sources` are file names from the root and code without comments and tests.
    pub(crate) fn of(sources: &[(String, String)]) -> Self {
        let modules: Vec<Module<'_>> = sources
            .iter()
            .filter(|(file, _)| file != "src/main.rs" && file != "src/lib.rs")
            .map(|(file, code)| Module::read(file, code))
            .collect();
        let by_path: BTreeMap<&[String], &Module<'_>> = modules
            .iter()
            .map(|module| (module.path.as_slice(), module))
            .collect();
        let edges = modules
            .iter()
            .map(|module| (module.file.to_owned(), module.files_named(&by_path)))
            .collect();
        Self { edges }
    }

    /// Groups of nodes that reach each other; each has at least two.
    pub(crate) fn circles(edges: &BTreeMap<String, BTreeSet<String>>) -> Vec<BTreeSet<String>> {
        let reach: BTreeMap<&String, BTreeSet<&String>> = edges
            .keys()
            .map(|node| (node, reachable(edges, node)))
            .collect();
        let mut circles = BTreeSet::new();
        for (node, far) in &reach {
            let circle: BTreeSet<String> = far
                .iter()
                .filter(|other| reach.get(*other).is_some_and(|back| back.contains(node)))
                .map(|other| (*other).clone())
                .collect();
            if circle.len() > 1 {
                circles.insert(circle);
            }
        }
        circles.into_iter().collect()
    }

    /// The graph of what `place` gives for each file; files it gives nothing for are left out.
    pub(crate) fn folded(
        &self,
        place: impl Fn(&str) -> Option<String>,
    ) -> BTreeMap<String, BTreeSet<String>> {
        let mut folded: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (file, named) in &self.edges {
            let Some(from) = place(file) else { continue };
            let to = named
                .iter()
                .filter_map(|file| place(file))
                .filter(|to| *to != from);
            folded.entry(from.clone()).or_default().extend(to);
        }
        folded
    }
}

fn reachable<'e>(
    edges: &'e BTreeMap<String, BTreeSet<String>>,
    from: &str,
) -> BTreeSet<&'e String> {
    let mut found = BTreeSet::new();
    let mut open: Vec<&String> = edges[from].iter().collect();
    while let Some(next) = open.pop() {
        if found.insert(next) {
            open.extend(edges.get(next).into_iter().flatten());
        }
    }
    found
}

impl<'s> Module<'s> {
    fn read(file: &'s str, code: &str) -> Self {
        let mut path: Path = file
            .trim_start_matches("src/")
            .trim_end_matches(".rs")
            .split('/')
            .map(str::to_owned)
            .collect();
        if path.last().is_some_and(|last| last == "mod") {
            path.pop();
        }
        let mut module = Self {
            file,
            path,
            uses: Vec::new(),
            named: Vec::new(),
        };
        module.read_tokens(&tokens(code));
        module
    }

    fn read_tokens(&mut self, tokens: &[Token]) {
        let mut at = 0;
        while at < tokens.len() {
            let Token::Word(word) = &tokens[at] else {
                at += 1;
                continue;
            };
            if word == "use" {
                let end = end_of(tokens, at, ';');
                let public = at > 0 && is_public(&tokens[..at]);
                self.read_tree(&tokens[at + 1..end], &[], public);
                at = end;
                continue;
            }
            let mut path = vec![word.clone()];
            while let (Some(Token::Colons), Some(Token::Word(next))) =
                (tokens.get(at + 1), tokens.get(at + 2))
            {
                path.push(next.clone());
                at += 2;
            }
            // `pub(in crate::vault)` names nobody.
            let visibility = at >= 1 && preceded_by_in(tokens, at, path.len());
            if path.len() > 1 && !visibility {
                self.named.push(path);
            }
            at += 1;
        }
    }

    /// `a::{b, c::d as e}` behind `prefix`.
    fn read_tree(&mut self, tree: &[Token], prefix: &[String], public: bool) {
        let mut path = prefix.to_vec();
        for (at, token) in tree.iter().enumerate() {
            match token {
                Token::Other('{') => {
                    for part in split(&tree[at + 1..tree.len() - 1]) {
                        self.read_tree(part, &path, public);
                    }
                    return;
                }
                Token::Word(word) if word == "as" => break,
                Token::Word(word) => path.push(word.clone()),
                _ => {}
            }
        }
        if path.len() > 1 && path.last().is_some_and(|last| last == "self") {
            path.pop();
        }
        let alias = match tree {
            [.., Token::Word(before), Token::Word(alias)] if before == "as" => alias.clone(),
            _ => path.last().cloned().unwrap_or_default(),
        };
        if !path.is_empty() {
            self.uses.push(Use {
                path,
                alias,
                public,
            });
        }
    }

    /// The same path from the crate's root; none for what is of another crate.
    fn rooted(&self, path: &[String], known: &BTreeMap<&[String], &Module<'_>>) -> Option<Path> {
        let first = path.first()?.as_str();
        let mut base = self.path.clone();
        let rest = match first {
            "crate" => {
                base.clear();
                &path[1..]
            }
            "self" => &path[1..],
            "super" => {
                let up = path.iter().take_while(|part| *part == "super").count();
                base.truncate(base.len().checked_sub(up)?);
                &path[up..]
            }
            _ => {
                base.push(first.to_owned());
                known.get(base.as_slice())?;
                &path[1..]
            }
        };
        base.extend(rest.iter().cloned());
        Some(base)
    }

    fn files_named(&self, known: &BTreeMap<&[String], &Module<'_>>) -> BTreeSet<String> {
        let mut paths: Vec<Path> = Vec::new();
        let private = self.uses.iter().filter(|used| !used.public);
        paths.extend(private.filter_map(|used| self.rooted(&used.path, known)));
        for path in &self.named {
            let own = self.rooted(path, known);
            let through = self.uses.iter().find(|used| used.alias == path[0]);
            let through = through.and_then(|used| {
                let mut full = self.rooted(&used.path, known)?;
                full.extend(path[1..].iter().cloned());
                Some(full)
            });
            paths.extend(own.or(through));
        }
        paths
            .iter()
            .filter_map(|path| file_of(path, known, 0))
            .filter(|file| *file != self.file)
            .map(str::to_owned)
            .collect()
    }
}

/// The file that defines what a path names. A folder named as such is nobody's file:
/// what is used of it is named in the code.
fn file_of<'s>(
    path: &[String],
    known: &BTreeMap<&[String], &Module<'s>>,
    depth: usize,
) -> Option<&'s str> {
    assert!(depth < 20, "{path:?} is used in a circle");
    let (at, module) = (0..=path.len())
        .rev()
        .find_map(|at| Some((at, *known.get(&path[..at])?)))?;
    let Some(item) = path.get(at) else {
        return (!module.file.ends_with("/mod.rs")).then_some(module.file);
    };
    let used = module.uses.iter().find(|used| used.alias == *item);
    let further = used.and_then(|used| {
        let mut full = module.rooted(&used.path, known)?;
        full.extend(path[at + 1..].iter().cloned());
        // A module inside the file uses what the file itself defines.
        (full != path).then_some(full)
    });
    match further {
        Some(full) => file_of(&full, known, depth + 1),
        None => Some(module.file),
    }
}

fn is_public(before: &[Token]) -> bool {
    match before {
        [.., Token::Word(word)] => word == "pub",
        // `pub(in a::b)`
        [.., Token::Other(')')] => {
            let open = before.iter().rposition(|token| *token == Token::Other('('));
            open.is_some_and(|open| is_public(&before[..open]))
        }
        _ => false,
    }
}

fn preceded_by_in(tokens: &[Token], last: usize, words: usize) -> bool {
    let first = last + 2 - 2 * words;
    first
        .checked_sub(1)
        .is_some_and(|before| tokens[before] == Token::Word("in".to_owned()))
}

fn end_of(tokens: &[Token], from: usize, mark: char) -> usize {
    let found = tokens[from..]
        .iter()
        .position(|token| *token == Token::Other(mark));
    found.map_or(tokens.len(), |at| from + at)
}

/// Parts between commas that stand in no inner group.
fn split(tokens: &[Token]) -> Vec<&[Token]> {
    let mut depth = 0;
    tokens
        .split(|token| {
            match token {
                Token::Other('{') => depth += 1,
                Token::Other('}') => depth -= 1,
                _ => {}
            }
            depth == 0 && *token == Token::Other(',')
        })
        .filter(|part| !part.is_empty())
        .collect()
}

/// Words, `::` and single characters; texts and characters in quotes are left out.
fn tokens(code: &str) -> Vec<Token> {
    let letters: Vec<char> = code.chars().collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    while at < letters.len() {
        let letter = letters[at];
        if letter.is_alphabetic() || letter == '_' {
            let end = (at..letters.len())
                .find(|at| !(letters[*at].is_alphanumeric() || letters[*at] == '_'))
                .unwrap_or(letters.len());
            let word: String = letters[at..end].iter().collect();
            let raw =
                matches!(word.as_str(), "r" | "br") && matches!(letters.get(end), Some('"' | '#'));
            if raw {
                at = after_raw_text(&letters, end);
            } else {
                tokens.push(Token::Word(word));
                at = end;
            }
        } else if letter == '"' {
            at += 1;
            while at < letters.len() && letters[at] != '"' {
                at += 1 + usize::from(letters[at] == '\\');
            }
            at += 1;
        } else if letter == '\'' && letters.get(at + 1) == Some(&'\\') {
            at = (at + 3..letters.len())
                .find(|at| letters[*at] == '\'')
                .map_or(letters.len(), |at| at + 1);
        } else if letter == '\'' && letters.get(at + 2) == Some(&'\'') {
            at += 3;
        } else if letter == ':' && letters.get(at + 1) == Some(&':') {
            tokens.push(Token::Colons);
            at += 2;
        } else {
            if !letter.is_whitespace() {
                tokens.push(Token::Other(letter));
            }
            at += 1;
        }
    }
    tokens
}

/// Behind `r"…"` or `r#"…"#`, whose marks begin at `from`.
fn after_raw_text(letters: &[char], from: usize) -> usize {
    let marks = letters[from..].iter().take_while(|l| **l == '#').count();
    let mut at = from + marks + 1;
    while at < letters.len() {
        let closes = letters[at] == '"'
            && letters[at + 1..]
                .iter()
                .take(marks)
                .filter(|l| **l == '#')
                .count()
                == marks;
        if closes {
            return at + 1 + marks;
        }
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(files: &[(&str, &str)]) -> Graph {
        let owned = |(file, code): &(&str, &str)| ((*file).to_owned(), (*code).to_owned());
        Graph::of(&files.iter().map(owned).collect::<Vec<_>>())
    }

    #[test]
    fn a_circle_is_seen_however_its_paths_are_written() {
        for back in [
            "use crate::a::one::A;",
            "use super::one::A;",
            "use super::{one::A, three};",
            "use super::{one as first}; fn f(_: first::A) {}",
            "use super::A;",
            "fn f() -> crate::a::A { todo() }",
            "pub(in crate::a) fn f() { super::one::g() }",
        ] {
            let found = graph(&[
                (
                    "src/a/mod.rs",
                    "mod one; mod two; pub use one::A; pub use self::two::B;",
                ),
                ("src/a/one.rs", "use super::B; pub struct A(B);"),
                ("src/a/two.rs", back),
                ("src/a/three.rs", "// nobody"),
            ]);
            let circles = Graph::circles(&found.edges);
            assert_eq!(circles.len(), 1, "{back}");
            assert!(circles[0].contains("src/a/two.rs") && circles[0].len() == 2);
        }
    }

    #[test]
    fn what_is_no_use_is_no_edge() {
        let found = graph(&[
            ("src/a/mod.rs", "mod one; mod two; pub use one::A;"),
            (
                "src/a/one.rs",
                "pub(in crate::a) struct A; const T: &str = \"crate::a::two::B\"; fn f<'a>() -> char { '\"' }",
            ),
            (
                "src/a/two.rs",
                "use super::A; use std::fmt; const R: &str = r#\"use crate::a::one;\"#;",
            ),
        ]);
        assert_eq!(found.edges["src/a/one.rs"].len(), 0);
        assert_eq!(found.edges["src/a/mod.rs"].len(), 0);
        assert_eq!(
            found.edges["src/a/two.rs"],
            BTreeSet::from(["src/a/one.rs".to_owned()])
        );
        assert!(Graph::circles(&found.edges).is_empty());
    }
}
