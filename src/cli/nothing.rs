//! What to say where there is nothing to look at.
//!
//! An app of the AWS CDK keeps its templates in `cdk.out`, which its project keeps out of git, so that a walk passes it
//! over; and before `cdk synth` there are none.

use std::path::Path;

/// The sentence for PATHs in which nothing was found, `why` there should be something.
pub(super) fn nothing(why: &str, paths: &[String]) -> String {
    let places = paths.join("`, `");
    let told = format!("{why}: no Terraform, no plan and no CloudFormation template in `{places}`");
    match paths.iter().find_map(|path| advice(path)) {
        Some(advice) => format!("{told}; {advice}"),
        None => told,
    }
}

/// What helps where a PATH is an app of the CDK.
fn advice(path: &str) -> Option<String> {
    let place = Path::new(path);
    let inside = |name: &str| place.join(name);
    let output = inside("cdk.out");
    let named = output.strip_prefix(".").unwrap_or(&output).display();
    if output.join("manifest.json").is_file() {
        return Some(format!(
            "the templates of the CDK app are in `{named}`, which is ignored: name it (`kmsguard check {named}`)"
        ));
    }
    inside("cdk.json")
        .is_file()
        .then(|| format!("this is an app of the CDK: run `cdk synth`, then `kmsguard check {named}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn apps_of_the_cdk_are_told() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().display().to_string();
        let told = || nothing("nothing to scan", std::slice::from_ref(&path));
        assert!(told().ends_with(&format!("in `{path}`")));
        std::fs::write(place.path().join("cdk.json"), "{}").unwrap();
        assert!(
            told().ends_with(&format!("run `cdk synth`, then `kmsguard check {path}/cdk.out`")),
            "{}",
            told()
        );
        std::fs::create_dir(place.path().join("cdk.out")).unwrap();
        std::fs::write(place.path().join("cdk.out/manifest.json"), "{}").unwrap();
        assert!(told().contains("which is ignored: name it"), "{}", told());
    }
}
