//! Reads from a file the facts that the rules in [`crate::verify`] are about. It judges nothing.

use crate::interface::Interface;
use crate::{Error, sections};
use std::fmt;
use wasmparser::{BinaryReaderError, ExternalKind, FuncType, MemoryType, Operator, Parser, Payload, TypeRef, ValType};

/// What a file holds.
#[derive(Debug, Default)]
pub struct Facts {
    /// Imports and exports.
    pub interface: Interface,
    /// The module that each import names.
    pub import_modules: Vec<String>,
    /// Its memories, their limits as declared.
    pub memories: Vec<Memory>,
    /// The functions with a `memory.grow` in them, by index.
    pub growing: Vec<u32>,
    /// Its custom sections.
    pub custom: Vec<String>,
}

/// The limits of a memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Memory {
    /// Pages at the start.
    pub minimum: u64,
    /// Pages it can grow to.
    pub maximum: Option<u64>,
    /// Whether threads may share it.
    pub shared: bool,
}

impl Memory {
    /// Unshared and of one size for good.
    pub fn fixed(pages: u64) -> Memory {
        Memory { minimum: pages, maximum: Some(pages), shared: false }
    }
}

impl From<MemoryType> for Memory {
    fn from(ty: MemoryType) -> Memory {
        Memory { minimum: ty.initial, maximum: ty.maximum, shared: ty.shared }
    }
}

impl fmt::Display for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shared = if self.shared { ", shared" } else { "" };
        match self.maximum {
            Some(maximum) => write!(f, "{} to {maximum} pages{shared}", self.minimum),
            None => write!(f, "{} pages and more{shared}", self.minimum),
        }
    }
}

/// Reads the facts. The file has to be well-formed; whether it is valid is another question.
pub fn inspect(wasm: &[u8]) -> Result<Facts, Error> {
    let mut reader = Reader::default();
    for payload in Parser::new(0).parse_all(wasm) {
        payload.and_then(|p| reader.payload(p)).map_err(|e| Error::NotWasm(e.to_string()))?;
    }
    let mut facts = reader.facts;
    facts.interface.imports.sort();
    facts.interface.exports.sort();
    facts.custom = sections::list(wasm)?.into_iter().filter(|section| section.custom).map(|section| section.name).collect();
    Ok(facts)
}

#[derive(Default)]
struct Reader {
    facts: Facts,
    types: Vec<FuncType>,
    /// The type of every function, imported ones first, as indices count them.
    functions: Vec<u32>,
    imported_functions: u32,
    bodies: u32,
}

impl Reader {
    fn payload(&mut self, payload: Payload) -> Result<(), BinaryReaderError> {
        match payload {
            Payload::TypeSection(section) => {
                self.types = section.into_iter_err_on_gc_types().collect::<Result<_, _>>()?;
            }
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    self.import(import?);
                }
            }
            Payload::FunctionSection(section) => {
                for ty in section {
                    self.functions.push(ty?);
                }
            }
            Payload::MemorySection(section) => {
                for memory in section {
                    self.facts.memories.push(memory?.into());
                }
            }
            Payload::ExportSection(section) => {
                for export in section {
                    self.export(export?);
                }
            }
            Payload::CodeSectionEntry(body) => {
                let index = self.imported_functions + self.bodies;
                self.bodies += 1;
                for operator in body.get_operators_reader()? {
                    if let Operator::MemoryGrow { .. } = operator? {
                        self.facts.growing.push(index);
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn import(&mut self, import: wasmparser::Import) {
        let kind = match import.ty {
            TypeRef::Func(ty) => {
                self.functions.push(ty);
                self.imported_functions += 1;
                self.signature(ty)
            }
            TypeRef::Memory(ty) => {
                self.facts.memories.push(ty.into());
                "memory".to_owned()
            }
            other => format!("{other:?}"),
        };
        self.facts.import_modules.push(import.module.to_owned());
        self.facts.interface.imports.push(format!("{} {kind}", import.name));
    }

    fn export(&mut self, export: wasmparser::Export) {
        let kind = match export.kind {
            ExternalKind::Func => match self.functions.get(export.index as usize) {
                Some(ty) => format!("func {}", self.signature(*ty)),
                None => "func that does not exist".to_owned(),
            },
            other => format!("{other:?}").to_lowercase(),
        };
        self.facts.interface.exports.push(format!("{} {kind}", export.name));
    }

    /// `(i32, f64) -> (i32)`
    fn signature(&self, ty: u32) -> String {
        let list = |types: &[ValType]| types.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        match self.types.get(ty as usize) {
            Some(ty) => format!("({}) -> ({})", list(ty.params()), list(ty.results())),
            None => "of a type that does not exist".to_owned(),
        }
    }
}
