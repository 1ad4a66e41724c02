//! Types as `type(…)` of `terraform console` prints them.

use super::Type;

/// A type over several lines, as far in as `depth` says.
pub(in super::super) fn laid_out(of: &Type, depth: usize) -> String {
    let inside = |of: &Type| {
        let of = laid_out(of, depth + usize::from(is_long(of)));
        if of.contains('\n') { format!("\n{}{of},\n{}", pad(depth + 1), pad(depth)) } else { of }
    };
    match of {
        Type::Any => "any".to_owned(),
        Type::Untyped => "dynamic".to_owned(),
        Type::Bool | Type::Number | Type::String => of.shown(),
        Type::List(of) => format!("list({})", inside(of)),
        Type::Set(of) => format!("set({})", inside(of)),
        Type::Map(of) => format!("map({})", inside(of)),
        Type::Tuple(items) if items.is_empty() => "tuple([])".to_owned(),
        Type::Tuple(items) => {
            let line = |of: &Type| format!("{}{},\n", pad(depth + 1), laid_out(of, depth + 1));
            format!("tuple([\n{}{}])", items.iter().map(line).collect::<String>(), pad(depth))
        }
        Type::Object(members) if members.is_empty() => "object({})".to_owned(),
        Type::Object(members) => {
            let mut lines: Vec<(&str, String)> =
                members.iter().map(|member| (&*member.name, laid_out(&member.of, depth + 1))).collect();
            lines.sort();
            let line = |(name, of): (&str, String)| format!("{}{name}: {of},\n", pad(depth + 1));
            format!("object({{\n{}{}}})", lines.into_iter().map(line).collect::<String>(), pad(depth))
        }
    }
}

fn is_long(of: &Type) -> bool {
    match of {
        Type::Tuple(items) => !items.is_empty(),
        Type::Object(members) => !members.is_empty(),
        Type::List(of) | Type::Set(of) | Type::Map(of) => is_long(of),
        Type::Any | Type::Untyped | Type::Bool | Type::Number | Type::String => false,
    }
}

fn pad(depth: usize) -> String {
    "    ".repeat(depth)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_laid_out_as_terraform_does() {
        let list = Type::Map(Box::new(Type::Tuple(vec![Type::Number])));
        assert_eq!(laid_out(&list, 0), "map(\n    tuple([\n        number,\n    ]),\n)");
        assert_eq!(laid_out(&Type::Set(Box::new(Type::Untyped)), 0), "set(dynamic)");
        let tuple = Type::Tuple(vec![Type::List(Box::new(Type::String)), Type::Tuple(Vec::new())]);
        assert_eq!(laid_out(&tuple, 0), "tuple([\n    list(string),\n    tuple([]),\n])");
    }
}
