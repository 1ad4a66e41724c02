//! Hashes of texts and files, and what depends on chance.

use super::encoding::not_evaluated;
use super::signature::{Arguments, Function, Outcome, Parameter, Stop, Takes};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};
use uuid::Uuid;

const STR: &[Parameter] = &[Parameter::new("str", Takes::Text)];
const PATH: &[Parameter] = &[Parameter::new("path", Takes::Text)];

pub(super) const ROWS: &[Function] = &[
    Function::new("md5", STR, |args| hex(args, &Md5::digest(args.known(0)?))).text(),
    Function::new("sha1", STR, |args| hex(args, &Sha1::digest(args.known(0)?))).text(),
    Function::new("sha256", STR, |args| hex(args, &Sha256::digest(args.known(0)?))).text(),
    Function::new("sha512", STR, |args| hex(args, &Sha512::digest(args.known(0)?))).text(),
    Function::new("base64sha256", STR, |args| base64(args, &Sha256::digest(args.known(0)?))).text(),
    Function::new("base64sha512", STR, |args| base64(args, &Sha512::digest(args.known(0)?))).text(),
    Function::new("filemd5", PATH, |args| hex(args, &Md5::digest(file(args)?))).text(),
    Function::new("filesha1", PATH, |args| hex(args, &Sha1::digest(file(args)?))).text(),
    Function::new("filesha256", PATH, |args| hex(args, &Sha256::digest(file(args)?))).text(),
    Function::new("filesha512", PATH, |args| hex(args, &Sha512::digest(file(args)?))).text(),
    Function::new("filebase64sha256", PATH, |args| base64(args, &Sha256::digest(file(args)?))).text(),
    Function::new("filebase64sha512", PATH, |args| base64(args, &Sha512::digest(file(args)?))).text(),
    Function::new("filebase64", PATH, |args| base64(args, &file(args)?)).text(),
    Function::new(
        "uuidv5",
        &[Parameter::new("namespace", Takes::Text), Parameter::new("name", Takes::Text)],
        uuidv5,
    )
    .text(),
    Function::new("uuid", &[], |args| not_evaluated(args, "uuid()")).text(),
    Function::new("bcrypt", STR, |args| not_evaluated(args, "bcrypt()"))
        .rest(Parameter::new("cost", Takes::Number))
        .text(),
    Function::new(
        "rsadecrypt",
        &[Parameter::new("ciphertext", Takes::Text), Parameter::new("privatekey", Takes::Text)],
        |args| not_evaluated(args, "rsadecrypt()"),
    )
    .text(),
];

fn file(args: &Arguments<'_>) -> Result<Vec<u8>, Stop> {
    Ok(args.call.host.bytes(&args.known(0)?, args.value(0)?.span)?)
}

fn hex(args: &Arguments<'_>, bytes: &[u8]) -> Outcome {
    let digits =
        |byte: &u8| [byte >> 4, byte & 15].map(|half| char::from_digit(half.into(), 16).unwrap_or('0'));
    args.give_made(bytes.iter().flat_map(digits).collect::<String>())
}

fn base64(args: &Arguments<'_>, bytes: &[u8]) -> Outcome {
    args.give_made(STANDARD.encode(bytes))
}

fn uuidv5(args: &Arguments<'_>) -> Outcome {
    let namespace = args.known(0)?;
    let namespace = match namespace.as_str() {
        "dns" => Uuid::NAMESPACE_DNS,
        "url" => Uuid::NAMESPACE_URL,
        "oid" => Uuid::NAMESPACE_OID,
        "x500" => Uuid::NAMESPACE_X500,
        other => Uuid::parse_str(other).map_err(|_| {
            args.wrong(0, format!("`{other}` is neither a UUID nor a namespace such as `dns`"))
        })?,
    };
    args.give_made(Uuid::new_v5(&namespace, args.known(1)?.as_bytes()).to_string())
}
