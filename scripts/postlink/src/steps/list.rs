//! The list of functions in which steps are counted: a line each, what and which.

use super::StepsError;

/// How a function counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A step when it is entered.
    Call,
    /// A step at each turn of its loops.
    Loop,
    /// The same, but nothing is thrown there.
    Count,
    /// A step for each 64 of its third parameter.
    Bytes,
}

/// The functions, in the order of the list.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct List {
    /// How, and the function's name.
    pub entries: Vec<(Kind, String)>,
}

impl List {
    /// Reads the text of a list; `#` begins a comment.
    pub fn parse(text: &str) -> Result<List, StepsError> {
        let lines = text.lines().map(|line| line.split('#').next().unwrap_or("").trim()).filter(|line| !line.is_empty());
        let entries = lines.map(|line| entry(line).ok_or_else(|| StepsError::Line(line.to_owned()))).collect::<Result<_, _>>()?;
        Ok(List { entries })
    }
}

fn entry(line: &str) -> Option<(Kind, String)> {
    let (kind, name) = line.split_once(' ')?;
    let kind = match kind {
        "call" => Kind::Call,
        "loop" => Kind::Loop,
        "count" => Kind::Count,
        "bytes" => Kind::Bytes,
        _ => return None,
    };
    Some((kind, name.trim().to_owned()))
}
