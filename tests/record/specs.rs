//! What is on record: every method, variant and kind of circuit, in rings that are insecure and quick.

fn plan(attention: &str, max_error: &str, ckks: &str) -> String {
    format!("[attention]\n{attention}\n[target]\nmax_error = \"{max_error}\"\n[ckks]\n{ckks}\n")
}

fn of(method: &str) -> String {
    let attention = format!(
        "p = 4\nlength = 16\nscore_bound = \"4\"\nreciprocal = \"{method}\"\nepsilon = {{ form = \"unit\", value = \"2^-5\" }}"
    );
    plan(&attention, "2^-7", "log_n = 11\nscale_bits = [50]")
}

pub fn composite() -> String {
    of("composite")
}
pub fn composite_separate() -> String {
    of("composite-separate")
}
pub fn goldschmidt() -> String {
    of("goldschmidt")
}
pub fn goldschmidt_mean() -> String {
    of("goldschmidt-mean")
}
pub fn polynomial() -> String {
    of("polynomial")
}
pub fn start_goldschmidt() -> String {
    of("start-goldschmidt")
}
pub fn start_newton() -> String {
    of("start-newton")
}

pub fn squares() -> String {
    plan(
        "p = 2\nlength = 16\nscore_bound = \"3\"\nepsilon = { form = \"sum\", value = \"1/2\" }",
        "2^-6",
        "log_n = 11\nscale_bits = [45]",
    )
}
pub fn sixth_powers() -> String {
    plan(
        "p = 6\nlength = 8\nscore_bound = \"2\"\nepsilon = { form = \"mean\", value = \"1\" }",
        "2^-6",
        "log_n = 11\nscale_bits = [50]",
    )
}
pub fn padded_rows() -> String {
    plan(
        "p = 4\nlength = 5\nscore_bound = \"4\"\nepsilon = { form = \"unit\", value = \"2^-4\" }\nsmallest_mean = \"2^-5\"",
        "2^-6",
        "log_n = 11\nscale_bits = [48]",
    )
}
pub fn two_lengths() -> String {
    plan(
        "p = 2\nlength = [4, 16]\ncausal = true\nscore_bound = \"4\"\nepsilon = { form = \"unit\", value = \"2^-4\" }",
        "2^-5",
        "log_n = 11\nscale_bits = [48]",
    )
}
pub fn plain() -> String {
    plan(
        "variant = \"plain\"\np = 4\nlength = 16\nscore_bound = \"4\"\nsmallest_mean = \"2^-6\"",
        "2^-6",
        "log_n = 11\nscale_bits = [50]",
    )
}
pub fn stable() -> String {
    plan(
        "variant = \"stable\"\np = 4\nlength = 16\nscore_bound = \"4\"\nepsilon = { form = \"sum\", value = \"64\" }",
        "2^-6",
        "log_n = 11\nscale_bits = [50]",
    )
}
pub fn refreshed() -> String {
    plan(
        "p = 4\nlength = 16\nscore_bound = \"4\"\nepsilon = { form = \"unit\", value = \"2^-6\" }",
        "2^-5",
        "log_n = 11\nscale_bits = [50]\nlevels_per_bootstrap = 5\nbootstrap_bits = 30",
    )
}

fn staged_power(p: u32, max_error: &str) -> String {
    let attention = format!(
        "p = {p}\nlength = 16\nscore_bound = \"4\"\nvariant = \"plain\"\nnormalisation = \"staged\"\n\
         smallest_mean_square = \"2^-6\""
    );
    plan(&attention, max_error, "log_n = 12")
}
pub fn staged() -> String {
    staged_power(4, "2^-10")
}
pub fn staged_eighth_powers() -> String {
    staged_power(8, "2^-6")
}

fn layer(name: &str, fields: &str) -> String {
    format!("[[layer]]\nname = \"{name}\"\n{fields}\n")
}

pub fn exponential() -> String {
    layer("short", "target = \"exp\"\ninterval = [[\"-2\", \"0\"]]\nmax_error = \"2^-8\"")
        + &layer(
            "long",
            "target = \"exp\"\ninterval = [[\"-6\", \"1/2\"]]\nmax_error = \"2^-10\"\ninput_error = \"2^-22\"",
        )
        + "[ckks]\nlog_n = 11\n"
}
pub fn activations() -> String {
    layer("gelu", "target = \"gelu-erf\"\ninterval = [[\"-4\", \"4\"]]\nmax_error = \"2^-7\"")
        + &layer("sigmoid", "target = \"sigmoid\"\ninterval = [[\"-5\", \"6\"]]\nmax_error = \"2^-8\"")
        + &layer("tanh", "target = \"tanh\"\ninterval = [[\"-2\", \"2\"]]\nmax_error = \"2^-9\"")
        + "[ckks]\nlog_n = 11\n"
}
pub fn roots() -> String {
    let root = "target = \"inverse-sqrt\"\nepsilon = \"2^-6\"\ninterval = [[\"0\", \"1\"]]\nrelative_error = \"2^-6\"";
    layer("polynomial", &format!("{root}\nform = \"polynomial\""))
        + &layer("composite", &format!("{root}\nform = \"composite\""))
        + "[ckks]\nlog_n = 11\n"
}
pub fn reciprocals() -> String {
    let form = |name: &str, form: &str| {
        let fields = format!(
            "target = \"reciprocal\"\nepsilon = \"1/8\"\ninterval = [[\"0\", \"2\"]]\nrelative_error = \"2^-8\"\n\
             form = \"{form}\""
        );
        layer(name, &fields)
    };
    form("polynomial", "polynomial") + &form("composite", "composite") + "[ckks]\nlog_n = 11\n"
}
pub fn signs() -> String {
    let sign = "target = \"sign\"\ninterval = [[\"-1\", \"-1/16\"], [\"1/16\", \"1\"]]\nmax_error = \"2^-6\"";
    layer("polynomial", &format!("{sign}\nform = \"polynomial\""))
        + &layer("composite", &format!("{sign}\nform = \"composite\""))
        + "[ckks]\nlog_n = 11\n"
}
