//! Addresses of resources, taken apart: `module.a["x"].aws_kms_key.this[0]`.

/// A step with its instance key: `a` and `["x"]`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Step {
    pub(super) name: String,
    /// The instance key with its brackets; empty for none.
    pub(super) key: String,
}

/// An address of a resource, or of something in one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Address {
    /// The module calls on the way.
    pub(super) modules: Vec<Step>,
    /// The resource: `aws_kms_key.this`, `data.aws_iam_policy_document.d`, `var.x`.
    pub(super) resource: String,
    /// The resource's instance key with its brackets; empty for none.
    pub(super) key: String,
    /// What follows: an attribute's name, without the dot.
    pub(super) attribute: String,
}

impl Address {
    /// Takes an address or a reference apart.
    pub(super) fn parse(text: &str) -> Self {
        let mut steps = split(text).into_iter().peekable();
        let mut modules = Vec::new();
        while steps.next_if(|step| step.name == "module" && step.key.is_empty()).is_some() {
            modules.extend(steps.next());
        }
        let mut resource = steps.next().map(|step| step.name).unwrap_or_default();
        let more = if resource == "data" { 2 } else { 1 };
        let mut key = String::new();
        for step in steps.by_ref().take(more) {
            resource.push('.');
            resource.push_str(&step.name);
            key = step.key;
        }
        let attribute = steps.next().map(|step| step.name).unwrap_or_default();
        Self { modules, resource, key, attribute }
    }

    /// The address of the instance in full.
    pub(super) fn instance(&self) -> String {
        format!("{}{}{}", module_path(&self.modules, true), self.resource, self.key)
    }

    /// The address without any instance key, as configurations have it.
    pub(super) fn declaration(&self) -> String {
        format!("{}{}", module_path(&self.modules, false), self.resource)
    }
}

fn module_path(modules: &[Step], keys: bool) -> String {
    let mut path = String::new();
    for step in modules {
        path.push_str("module.");
        path.push_str(&step.name);
        path.push_str(if keys { &step.key } else { "" });
        path.push('.');
    }
    path
}

/// Steps between dots; dots and brackets inside quotes belong to the key.
fn split(text: &str) -> Vec<Step> {
    let mut steps = vec![Step { name: String::new(), key: String::new() }];
    let (mut in_key, mut in_quotes, mut escaped) = (false, false, false);
    for next in text.chars() {
        let Some(step) = steps.last_mut() else { break };
        if in_key {
            step.key.push(next);
            match next {
                _ if escaped => escaped = false,
                '\\' if in_quotes => escaped = true,
                '"' => in_quotes = !in_quotes,
                ']' if !in_quotes => in_key = false,
                _ => {}
            }
        } else if next == '[' {
            in_key = true;
            step.key.push(next);
        } else if next == '.' {
            steps.push(Step { name: String::new(), key: String::new() });
        } else {
            step.name.push(next);
        }
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_may_hold_dots_and_brackets() {
        let address =
            Address::parse(r#"module.a["x].\"y"].module.b[0].data.aws_iam_policy_document.d["k"].json"#);
        assert_eq!(address.modules.len(), 2);
        assert_eq!(address.modules[0].key, r#"["x].\"y"]"#);
        assert_eq!(address.declaration(), "module.a.module.b.data.aws_iam_policy_document.d");
        assert_eq!((address.key.as_str(), address.attribute.as_str()), ("[\"k\"]", "json"));
        assert_eq!(Address::parse("aws_kms_key.k[0]").instance(), "aws_kms_key.k[0]");
        assert_eq!(Address::parse("var.policy").resource, "var.policy");
        assert_eq!(Address::parse("module.m.key_id").resource, "key_id");
    }
}
