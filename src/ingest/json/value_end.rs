//! The end of a JSON value, found byte by byte. Whether the value is right inside is not looked at.

/// A value of which the end is searched.
pub(super) struct ValueEnd {
    depth: usize,
    state: State,
    /// The value is a number or a word.
    word: bool,
    /// In a file with a record a line, an object that begins a line within another is a fault of
    /// the line before.
    line_wise: bool,
    /// The last byte was the end of a line.
    new_line: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Outside,
    Text,
    Escape,
}

/// What the bytes have led to.
pub(super) enum Step {
    More,
    End,
    Broken,
}

impl ValueEnd {
    /// The next byte is the first of the value.
    pub(super) fn new(line_wise: bool) -> Self {
        Self {
            depth: 0,
            state: State::Outside,
            word: false,
            line_wise,
            new_line: false,
        }
    }

    /// True if the file may end here.
    pub(super) fn may_end(&self) -> bool {
        self.word && self.depth == 0
    }

    /// Goes over some bytes. Gives how many belong to the value, or are before what is broken.
    pub(super) fn over(&mut self, bytes: &[u8]) -> (usize, Step) {
        let Self {
            mut depth,
            mut state,
            ..
        } = *self;
        for (at, byte) in bytes.iter().copied().enumerate() {
            match state {
                State::Text => match byte {
                    b'"' => {
                        state = State::Outside;
                        if depth == 0 {
                            return (at + 1, Step::End);
                        }
                    }
                    b'\\' => state = State::Escape,
                    0..=0x1f => return (at, Step::Broken),
                    _ => {}
                },
                State::Escape => state = State::Text,
                State::Outside => match byte {
                    b'"' if self.word && depth == 0 => return (at, Step::Broken),
                    b'"' => state = State::Text,
                    b'{' | b'[' => {
                        if self.line_wise && self.new_line && depth > 0 && byte == b'{' {
                            return (at, Step::Broken);
                        }
                        depth += 1;
                    }
                    b'}' | b']' if depth > 0 => {
                        depth -= 1;
                        if depth == 0 {
                            return (at + 1, Step::End);
                        }
                    }
                    _ if depth > 0 => {}
                    b' ' | b'\t' | b'\n' | b'\r' | b',' | b']' | b'}' | b':' => {
                        let step = if self.word { Step::End } else { Step::Broken };
                        return (at, step);
                    }
                    _ => self.word = true,
                },
            }
            self.new_line = byte == b'\n';
        }
        (self.depth, self.state) = (depth, state);
        (bytes.len(), Step::More)
    }
}
