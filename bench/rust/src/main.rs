//! The Rust side of run.py: see python_worker.py for what it is told and answers.
//!
//!     pickle-bench LIBRARY load|dump|typedload|typeddump SHAPE FILE PROTOCOL
//!
//! deser-pickle has no values of its own, so only Rust's own types are measured with it.

use std::io::BufRead;
use std::time::Instant;

type Outcome<T> = Result<T, String>;

#[derive(deser::Serialize, deser::Deserialize, serde::Serialize, serde::Deserialize)]
struct Record {
    id: i64,
    name: String,
    score: f64,
    active: bool,
    tags: Vec<String>,
    parent: Option<i64>,
}

#[derive(deser::Serialize, deser::Deserialize, serde::Serialize, serde::Deserialize)]
struct Particle {
    id: i64,
    name: String,
    x: f64,
    y: f64,
    alive: bool,
}

#[derive(deser::Serialize, deser::Deserialize, serde::Serialize, serde::Deserialize)]
struct Tiny {
    id: i64,
    name: String,
    ok: bool,
    score: f64,
    tags: Vec<String>,
}

fn text<E: std::fmt::Display>(e: E) -> String {
    e.to_string().replace('\n', " ")
}

/// Tells that it is ready, and then runs what it is told.
fn serve<T>(mut run: impl FnMut() -> Outcome<T>) -> Outcome<()> {
    run()?;
    println!("ready");
    for line in std::io::stdin().lock().lines() {
        let line = line.map_err(text)?;
        if line.starts_with("out ") {
            println!("none");
            continue;
        }
        let n: u64 = line.parse().map_err(text)?;
        let mut last = None;
        let start = Instant::now();
        for _ in 0..n {
            last = Some(run()?);
        }
        println!("{}", start.elapsed().as_nanos());
        drop(last);
    }
    Ok(())
}

fn deser<T>(load: bool, data: &[u8], protocol: u8) -> Outcome<()>
where
    T: deser::Serialize + deser::de::DeserializeOwned,
{
    if load {
        return serve(|| deser_pickle::from_slice::<T>(data).map_err(text));
    }
    let value: T = deser_pickle::from_slice(data).map_err(text)?;
    let config = deser_pickle::SerializerConfig::builder().protocol(protocol).build();
    serve(|| config.to_vec(&value).map_err(text))
}

fn options(protocol: u8) -> Outcome<serde_pickle::SerOptions> {
    match protocol {
        2 => Ok(serde_pickle::SerOptions::new().proto_v2()),
        _ => Err("it dumps protocols 2 and 3".into()),
    }
}

fn serde<T>(load: bool, data: &[u8], protocol: u8) -> Outcome<()>
where
    T: serde::Serialize + serde::de::DeserializeOwned,
{
    let read = || serde_pickle::from_slice::<T>(data, Default::default()).map_err(text);
    if load {
        return serve(read);
    }
    let value = read()?;
    options(protocol)?;
    serve(|| serde_pickle::to_vec(&value, options(protocol)?).map_err(text))
}

fn serde_values(load: bool, data: &[u8], protocol: u8) -> Outcome<()> {
    let read = || serde_pickle::value_from_slice(data, Default::default()).map_err(text);
    if load {
        return serve(read);
    }
    let value = read()?;
    options(protocol)?;
    serve(|| serde_pickle::value_to_vec(&value, options(protocol)?).map_err(text))
}

fn work(args: &[String]) -> Outcome<()> {
    let [library, op, shape, file, protocol] = args else {
        return Err("usage: pickle-bench LIBRARY OPERATION SHAPE FILE PROTOCOL".into());
    };
    let data = std::fs::read(file).map_err(text)?;
    let protocol: u8 = protocol.parse().map_err(text)?;
    let load = op.ends_with("load");
    if !op.starts_with("typed") {
        return match library.as_str() {
            "serde-pickle" => serde_values(load, &data, protocol),
            _ => Err("it has no values of its own".into()),
        };
    }
    let is_deser = library == "deser-pickle";
    macro_rules! both {
        ($t:ty) => {
            both!($t, $t)
        };
        ($d:ty, $s:ty) => {
            if is_deser {
                deser::<$d>(load, &data, protocol)
            } else {
                serde::<$s>(load, &data, protocol)
            }
        };
    }
    match shape.as_str() {
        "ints" => both!(Vec<i64>),
        "floats" => both!(Vec<f64>),
        "strs" => both!(Vec<String>),
        "records" => both!(Vec<Record>),
        "objects" => both!(Vec<Particle>),
        "metrics" => both!(Vec<(String, (i64, f64))>),
        "bytestrings" => both!(Vec<Vec<u8>>, Vec<serde_bytes::ByteBuf>),
        "blob" => both!(Vec<u8>, serde_bytes::ByteBuf),
        "tiny" => both!(Tiny),
        _ => Err("it has no such type".into()),
    }
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if let Err(e) = work(&args) {
        println!("no: {e}");
    }
}
