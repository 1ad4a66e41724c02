//! Bounds against hostile input, all in one place.

/// How much of anything is accepted; each bound has its own [`Problem`](super::Problem) when it is hit.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of one source file (a plan may be larger, see `plan_bytes`).
    pub file_bytes: u64,
    /// Bytes of one Terraform plan.
    pub plan_bytes: u64,
    /// Bytes of one rule file.
    pub rule_bytes: usize,
    /// Rule files of one run.
    pub rule_files: usize,
    /// Nesting of brackets, blocks, templates, JSON and YAML.
    pub depth: usize,
    /// Expressions evaluated for one root module or template. Large repositories take some 10,000 for their largest.
    pub steps: u64,
    /// Elements of one list or map made by evaluation (`range`, `setproduct`, `for`, …).
    pub elements: usize,
    /// Bytes of one text made by evaluation.
    pub text_bytes: usize,
    /// Instances that one `count` or `for_each` may make.
    pub instances: usize,
    /// Instances of modules under one root module.
    pub modules: usize,
    /// Module calls inside module calls.
    pub module_depth: usize,
    /// Calls in one root module that models stand in for.
    pub models: usize,
    /// Nested stacks of one root template.
    pub stacks: usize,
    /// Nodes that YAML aliases may expand to.
    pub alias_nodes: usize,
    /// Alternatives kept of one undecided conditional.
    pub alternatives: usize,
    /// States of the automata of one condition key when two policies are compared.
    pub automaton_states: usize,
    /// Callers told apart when two policies are compared.
    pub callers: usize,
    /// Steps of the search when two policies are compared.
    pub search_steps: usize,
}

impl Limits {
    /// The bounds in force.
    pub const DEFAULT: Self = Self {
        file_bytes: 32 << 20,
        plan_bytes: 3 << 30,
        rule_bytes: 128 << 10,
        rule_files: 500,
        depth: 200,
        steps: 2_000_000,
        elements: 100_000,
        text_bytes: 4 << 20,
        instances: 10_000,
        modules: 50_000,
        module_depth: 32,
        models: 1_000,
        stacks: 1_000,
        alias_nodes: 100_000,
        alternatives: 8,
        automaton_states: 50_000,
        callers: 2_000,
        search_steps: 5_000_000,
    };
}
