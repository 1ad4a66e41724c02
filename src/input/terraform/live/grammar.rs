//! Expressions over the fixture, at random: mostly of the type that a place asks for, sometimes of another.

/// Makes expressions.
pub(super) struct Grammar {
    state: u64,
}

impl Grammar {
    /// The same seed makes the same expressions.
    pub(super) fn new(seed: u64) -> Self {
        Self { state: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1 }
    }

    fn next(&mut self, below: usize) -> usize {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        usize::try_from(self.state >> 11).unwrap_or(0) % below
    }

    fn one_of(&mut self, choices: &[&str]) -> String {
        choices[self.next(choices.len())].to_owned()
    }

    /// Fills the marks of a pattern: `$s` a text, `$n` a number, `$b` a truth value, `$l` a list, `$m` a map, `$a` anything.
    fn fill(&mut self, pattern: &str, depth: usize) -> String {
        let mut out = String::new();
        let mut letters = pattern.chars();
        while let Some(letter) = letters.next() {
            if letter != '$' {
                out.push(letter);
                continue;
            }
            let kind = letters.next().unwrap_or('a');
            if kind == '{' {
                // `${$s}`: a template's own mark.
                out.push_str("${");
                continue;
            }
            let kind = if self.next(12) == 0 { 'a' } else { kind };
            let made = match kind {
                's' => self.text(depth - 1),
                'n' => self.number(depth - 1),
                'b' => self.truth(depth - 1),
                'l' => self.list(depth - 1),
                'm' => self.map(depth - 1),
                _ => self.any(depth - 1),
            };
            out.push_str(&made);
        }
        out
    }

    fn pick(&mut self, leaves: &[&str], patterns: &[&str], depth: usize) -> String {
        if depth == 0 || self.next(4) == 0 {
            return self.one_of(leaves);
        }
        let pattern = self.one_of(patterns);
        self.fill(&pattern, depth)
    }

    /// Anything.
    pub(super) fn any(&mut self, depth: usize) -> String {
        match self.next(12) {
            0..=2 => self.text(depth),
            3 | 4 => self.number(depth),
            5 => self.truth(depth),
            6..=8 => self.list(depth),
            9 | 10 => self.map(depth),
            _ => self.pick(ANY, ANY_OF, depth),
        }
    }

    fn text(&mut self, depth: usize) -> String {
        self.pick(TEXT, TEXT_OF, depth)
    }

    fn number(&mut self, depth: usize) -> String {
        self.pick(NUMBER, NUMBER_OF, depth)
    }

    fn truth(&mut self, depth: usize) -> String {
        self.pick(TRUTH, TRUTH_OF, depth)
    }

    fn list(&mut self, depth: usize) -> String {
        self.pick(LIST, LIST_OF, depth)
    }

    fn map(&mut self, depth: usize) -> String {
        self.pick(MAP, MAP_OF, depth)
    }
}

const ANY: &[&str] =
    &["null", "var.nullable", "var.nonnull", "var.tup", "var.lobj", "var.mls", "local.nested", "local.users"];
// A negative index into a tuple makes Terraform 1.11 crash.
const ANY_OF: &[&str] = &[
    "$l[$n]",
    "$m[$s]",
    "($b ? $a : $a)",
    "try($a, $a)",
    "coalesce($a, $a)",
    "element($l, abs($n))",
    "element(tolist($l), $n)",
    "jsondecode(jsonencode($a))",
    "lookup($m, $s, $a)",
    "var.lobj[$n]",
    "one($l)",
    "var.tup[$n]",
    "$m.a",
    "var.obj.tags",
    "nonsensitive(sensitive($a))",
    "yamldecode(yamlencode($a))",
    "local.nested.a.b.c[$n]",
];
const TEXT: &[&str] = &[
    "\"a\"",
    "\"\"",
    "\"é\"",
    "\"10\"",
    "\"true\"",
    "\"a-b_c d\"",
    "\"kms:*\"",
    "var.s",
    "local.m.k1",
    "\"arn:aws:iam::111122223333:role/app\"",
    "var.obj.name",
    "local.list[1]",
    "\"<&>\"",
    "\"b,a,,c\"",
    "\"0x1F\"",
    "\"1.50\"",
    "\" pad \"",
    "\"日本\"",
    "\"10.0.0.0/16\"",
];
const TEXT_OF: &[&str] = &[
    "\"${$a}\"",
    "\"x-${$s}-${$n}\"",
    "upper($s)",
    "lower($s)",
    "title($s)",
    "trimspace($s)",
    "trim($s, $s)",
    "trimprefix($s, $s)",
    "trimsuffix($s, $s)",
    "replace($s, $s, $s)",
    "substr($s, $n, $n)",
    "join($s, $l)",
    "format(\"%s\", $a)",
    "format(\"%v|%5.1f\", $a, $n)",
    "format(\"%03d%%%q\", $n, $s)",
    "jsonencode($a)",
    "base64encode($s)",
    "md5($s)",
    "sha256($s)",
    "strrev($s)",
    "chomp($s)",
    "indent($n, $s)",
    "tostring($a)",
    "($b ? $s : $s)",
    "element($l, abs($n))",
    "lookup($m, $s, $s)",
    "regex(\"[a-z]+\", $s)",
    "urlencode($s)",
    "\"%{ if $b }yes%{ else }${$s}%{ endif }\"",
    "\"%{ for x in $l }${x},%{ endfor }\"",
    "replace($s, \"/[aeiou]/\", $s)",
    "coalesce($s, $s)",
    "yamlencode($a)",
    "cidrsubnet(\"10.0.0.0/16\", $n, $n)",
    "formatdate(\"YYYY-MM-DD\", \"2024-02-29T00:00:00Z\")",
    "timeadd(\"2024-02-29T00:00:00Z\", \"${$n}h\")",
    "base64decode(base64encode($s))",
    "uuidv5(\"dns\", $s)",
    "abspath(\"/a/../b\") == $s ? $s : $s",
];
const NUMBER: &[&str] =
    &["0", "1", "2", "-1", "1.5", "10", "1e3", "0.1", "3", "var.n", "100000000000000000000", "7"];
const NUMBER_OF: &[&str] = &[
    "length($l)",
    "length($a)",
    "($n + $n)",
    "($n - $n)",
    "($n * $n)",
    "($n / 4)",
    "($n % 3)",
    "floor($n)",
    "ceil($n)",
    "abs($n)",
    "max($n, $n)",
    "min($n, $n, $n)",
    "parseint($s, 10)",
    "parseint($s, 16)",
    "signum($n)",
    "sum($l)",
    "index($l, $a)",
    "tonumber($a)",
    "pow($n, 2)",
    "($b ? $n : $n)",
    "-($n)",
    "length($s)",
    "max($l...)",
];
const TRUTH: &[&str] = &["true", "false", "var.b"];
const TRUTH_OF: &[&str] = &[
    "($a == $a)",
    "($a != $a)",
    "($n < $n)",
    "($n >= $n)",
    "($b && $b)",
    "($b || $b)",
    "!($b)",
    "can($a)",
    "contains($l, $a)",
    "startswith($s, $s)",
    "endswith($s, $s)",
    "alltrue($l)",
    "anytrue($l)",
    "tobool($a)",
    "strcontains($s, $s)",
    "issensitive($a)",
    "($s == $s)",
    "($l == $l)",
    "($m == $m)",
    "can(regex($s, $s))",
];
const LIST: &[&str] = &[
    "[]",
    "var.ls",
    "var.ln",
    "var.ss",
    "var.untyped_list",
    "local.list",
    "[\"a\", \"b\"]",
    "[1, 2, 3]",
    "[null, \"a\"]",
    "var.any_list",
    "[true, \"x\", 1]",
    "[\"b\", \"a\", \"b\"]",
    "toset([])",
    "[[1], [2, [3]]]",
];
const LIST_OF: &[&str] = &[
    "[$a, $a]",
    "[$s]",
    "concat($l, $l)",
    "distinct($l)",
    "flatten([$l, $l])",
    "reverse($l)",
    "sort($l)",
    "slice($l, $n, $n)",
    "keys($m)",
    "values($m)",
    "split($s, $s)",
    "compact($l)",
    "range($n)",
    "range($n, $n)",
    "setunion($l, $l)",
    "setintersection($l, $l)",
    "setsubtract($l, $l)",
    "setproduct($l, $l)",
    "chunklist($l, $n)",
    "tolist($l)",
    "toset($l)",
    "[for x in $l : x]",
    "[for i, x in $l : \"${i}-${x}\" if $b]",
    "[for k, v in $m : k]",
    "local.users[*].name",
    "regexall(\"[a-z]\", $s)",
    "matchkeys($l, $l, $l)",
    "coalescelist($l, $l)",
    "($b ? $l : $l)",
    "$l[*]",
    "[for x in $l : upper(x)]",
    "[for x in $l : x if x != $a]",
    "try(tolist($a), $l)",
    "formatlist(\"%s!\", $l)",
    "formatlist(\"%s-%s\", $l, $l)",
    "values({ for x in $l : x => x })",
    "[for u in local.users : u.name if u.admin]",
];
const MAP: &[&str] = &[
    "{}",
    "var.ms",
    "local.m",
    "var.obj",
    "var.any_map",
    "{ a = 1, b = \"x\" }",
    "{ a = null }",
    "var.mls",
    "tomap({})",
    "{ b = 2, a = 1 }",
    "var.lobj[0]",
];
const MAP_OF: &[&str] = &[
    "{ a = $a, b = $a }",
    "{ (\"k${$n}\") = $a }",
    "merge($m, $m)",
    "zipmap($l, $l)",
    "{ for k, v in $m : k => v }",
    "{ for x in $l : x => length(x) }",
    "{ for x in $l : x => x... }",
    "tomap($m)",
    "($b ? $m : $m)",
    "{ for i, x in $l : i => x }",
    "transpose(var.mls)",
    "merge($m, { a = $a })",
    "{ for k, v in $m : upper(k) => v if v != null }",
    "jsondecode(jsonencode($m))",
    "merge([$m, $m]...)",
    "try($m, {})",
    "{ \"${$s}\" = $a }",
];
