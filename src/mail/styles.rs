// SPDX-License-Identifier: GPL-2.0-or-later
//! What style sheets and attributes do to the text of an element in HTML: as far as it matters to whether
//! a reader sees it, and sees it where it stands.

/// What a reader sees of the text of an element.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fate {
    /// The text.
    #[default]
    Shown,
    /// Nothing, or the text struck out.
    Gone,
    /// Nobody can say without drawing the page.
    Unclear,
}

/// An element, as far as styles depend on it.
#[derive(Clone, Debug, Default)]
pub(super) struct Element {
    /// The name, in lower case.
    pub name: String,
    /// The attributes, with names in lower case.
    pub attributes: Vec<(String, String)>,
}

impl Element {
    /// Reads a tag, with the angle brackets around it.
    pub(super) fn of(tag: &str) -> Element {
        let inner = tag.trim_start_matches(['<', '/']).trim_end_matches('>');
        let length = inner.find(|c: char| c.is_whitespace() || c == '/');
        let (name, mut rest) = inner.split_at(length.unwrap_or(inner.len()));
        let mut attributes = Vec::new();
        loop {
            rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
            let end = rest.find(|c: char| c.is_whitespace() || c == '/' || c == '=');
            let end = end.unwrap_or(rest.len());
            if rest.is_empty() {
                break;
            }
            // An attribute cannot begin with `=`, but must not be read for ever.
            let (key, after) = rest.split_at(end.max(usize::from(rest.starts_with('='))));
            rest = after.trim_start();
            let mut value = "";
            if let Some(after) = rest.strip_prefix('=') {
                let after = after.trim_start();
                let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''));
                (value, rest) = match quote {
                    Some(quote) => after[1..].split_once(quote).unwrap_or((&after[1..], "")),
                    None => {
                        let end = after.find(char::is_whitespace).unwrap_or(after.len());
                        after.split_at(end)
                    }
                };
            }
            attributes.push((key.to_ascii_lowercase(), value.to_owned()));
        }
        Element {
            name: name.to_ascii_lowercase(),
            attributes,
        }
    }

    /// Returns the value of an attribute.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(this, _)| this == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Returns what its own style says of its text.
    fn own(&self) -> Vec<Effect> {
        let mut all = effects(self.get("style").unwrap_or_default());
        let mut put = |property, fate| all.push(Effect { property, fate });
        if self.get("hidden").is_some() {
            put("display", Fate::Gone);
        }
        if self
            .get("dir")
            .is_some_and(|dir| dir.trim().eq_ignore_ascii_case("rtl"))
        {
            put("direction", Fate::Unclear);
        }
        let color = self.get("color").map(|color| color.to_ascii_lowercase());
        if self.name == "font" && color.is_some_and(|color| is_of_paper(&color)) {
            put("color", Fate::Unclear);
        }
        match self.name.as_str() {
            "del" | "s" | "strike" => put("text-decoration", Fate::Gone),
            "bdo" => put("direction", Fate::Gone),
            "script" | "style" | "title" | "template" => put("display", Fate::Gone),
            // What is in these depends on the program that shows them, and on its user.
            "details" | "dialog" | "noscript" | "textarea" | "select" | "object" | "iframe"
            | "svg" | "math" | "noembed" | "noframes" | "xmp" | "plaintext" => {
                put("display", Fate::Unclear);
            }
            _ => {}
        }
        all
    }
}

/// What a declaration does to the text of an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Effect {
    property: &'static str,
    fate: Fate,
}

/// A selector of a style sheet with the effects of its rule.
#[derive(Clone, Debug)]
struct Rule {
    /// The elements that it may be about: a name, classes and ids, of which all have to match.
    name: Option<String>,
    classes: Vec<String>,
    ids: Vec<String>,
    /// Whether it is about all of these, always.
    is_exact: bool,
    effects: Vec<Effect>,
}

/// The style sheets of a page.
#[derive(Clone, Debug, Default)]
pub(super) struct Styles {
    rules: Vec<Rule>,
    /// Whether there are more rules than are kept.
    is_cut: bool,
}

/// The most rules that are kept: more than mail programs write, and few enough for any page.
const MOST_RULES: usize = 300;

/// Properties that an element within a hidden one can set for itself.
const INHERITED: [&str; 2] = ["visibility", "font-size"];

impl Styles {
    /// Adds the rules of a style sheet. What only a program can follow that draws pages is unclear;
    /// so is everything in a sheet that does not always apply.
    pub(super) fn add(&mut self, sheet: &str, is_always: bool) {
        self.add_rules(&without_comments(sheet), is_always, 0);
    }

    fn add_rules(&mut self, mut rest: &str, is_always: bool, depth: usize) {
        /// How deep rules are nested in what people write.
        const DEEPEST: usize = 4;
        if depth > DEEPEST {
            self.is_cut = true;
            return;
        }
        while let Some(open) = rest.find(['{', ';', '}']) {
            let (prelude, after) = (rest[..open].trim(), &rest[open + 1..]);
            if !rest[open..].starts_with('{') {
                rest = after;
                continue;
            }
            let (body, after) = body(after);
            rest = after;
            match prelude.strip_prefix('@') {
                None => {
                    self.add_rule(prelude, body, is_always);
                    if body.contains('{') {
                        self.add_rules(body, false, depth + 1);
                    }
                }
                Some(at) => {
                    // A font or a page has no elements.
                    let has_rules = ["media", "supports", "layer", "container", "scope"];
                    if has_rules.iter().any(|word| at.starts_with(word)) {
                        self.add_rules(body, false, depth + 1);
                    }
                }
            }
        }
    }

    fn add_rule(&mut self, selectors: &str, declarations: &str, is_always: bool) {
        let effects = effects(declarations);
        if effects.is_empty() {
            return;
        }
        for selector in selectors.split(',') {
            let mut rule = of_selector(selector);
            rule.is_exact &= is_always;
            rule.effects.clone_from(&effects);
            match self.rules.len() < MOST_RULES {
                true => self.rules.push(rule),
                false => self.is_cut = true,
            }
        }
    }

    /// Returns what a reader sees of the text of an element, apart from the elements around it.
    pub(super) fn fate(&self, element: &Element) -> Fate {
        if self.is_cut {
            return Fate::Unclear;
        }
        let own = element.own();
        let about = self.rules.iter().filter(|rule| rule.is_about(element));
        let of_rules =
            about.flat_map(|rule| rule.effects.iter().map(|this| (*this, rule.is_exact)));
        let all: Vec<(Effect, bool)> = own
            .into_iter()
            .map(|this| (this, true))
            .chain(of_rules)
            .collect();
        // Which of two declarations wins is for a browser to say.
        let agree = |one: Effect| {
            let mut same = all.iter().filter(|(this, _)| this.property == one.property);
            same.all(|(this, _)| this.fate == one.fate)
        };
        let fates = all.iter().map(|&(this, is_exact)| match this.fate {
            Fate::Gone if !is_exact || !agree(this) => Fate::Unclear,
            fate => fate,
        });
        fates.max().unwrap_or_default()
    }

    /// Returns whether an element sets a property that shows it although the one around it is hidden.
    pub(super) fn may_show_again(&self, element: &Element) -> bool {
        let own = element.own();
        let about = self.rules.iter().filter(|rule| rule.is_about(element));
        let mut all = about.flat_map(|rule| &rule.effects).chain(&own);
        all.any(|effect| effect.fate == Fate::Shown && INHERITED.contains(&effect.property))
    }
}

impl Rule {
    fn is_about(&self, element: &Element) -> bool {
        let words = |name: &str| element.get(name).unwrap_or_default().split_whitespace();
        // Class names are compared without case, as pages in quirks mode do.
        let has = |all: &[String], name: &str| {
            all.iter()
                .all(|this| words(name).any(|word| word.eq_ignore_ascii_case(this)))
        };
        self.name.as_ref().is_none_or(|name| *name == element.name)
            && has(&self.classes, "class")
            && has(&self.ids, "id")
    }
}

/// Returns the elements that a selector may be about, without the effects.
fn of_selector(selector: &str) -> Rule {
    let selector = selector.trim();
    let last = selector
        .rsplit(|c: char| c.is_whitespace() || matches!(c, '>' | '+' | '~'))
        .next()
        .unwrap_or_default();
    let mut rule = Rule {
        name: None,
        classes: Vec::new(),
        ids: Vec::new(),
        is_exact: last == selector,
        effects: Vec::new(),
    };
    let is_of_name = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
    let plain = last.find(|c: char| !is_of_name(c) && !matches!(c, '.' | '#' | '*'));
    rule.is_exact &= plain.is_none();
    let mut rest = &last[..plain.unwrap_or(last.len())];
    // What stands before a bracket or a colon may go on in an escape.
    if plain.is_some_and(|at| last[at..].starts_with('\\')) {
        rest = "";
    }
    while let Some(first) = rest.chars().next() {
        let word = rest.trim_start_matches(['.', '#', '*']);
        let word = &word[..word.find(|c| !is_of_name(c)).unwrap_or(word.len())];
        let after = rest.find(word).unwrap_or(0) + word.len();
        rest = &rest[after.max(first.len_utf8())..];
        match first {
            '.' => rule.classes.push(word.to_owned()),
            '#' => rule.ids.push(word.to_owned()),
            '*' => {}
            _ => rule.name = Some(word.to_ascii_lowercase()),
        }
    }
    rule
}

/// Splits what stands after an opening brace at the brace that closes it.
fn body(text: &str) -> (&str, &str) {
    let mut depth = 1_usize;
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return (&text[..at], &text[at + 1..]);
        }
    }
    (text, "")
}

fn without_comments(sheet: &str) -> String {
    let mut out = String::with_capacity(sheet.len());
    let mut rest = sheet;
    while let Some((before, after)) = rest.split_once("/*") {
        out.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    out.push_str(rest);
    // A sheet may stand in a comment of HTML.
    out.replace("<!--", " ").replace("-->", " ")
}

/// Returns what declarations do to the text of an element. Those that do nothing to it are there if
/// others could undo them.
fn effects(declarations: &str) -> Vec<Effect> {
    let declarations = without_comments(declarations).to_ascii_lowercase();
    let split = declarations
        .split(';')
        .filter_map(|one| one.split_once(':'));
    let mut all: Vec<(String, String)> = Vec::new();
    for (property, value) in split {
        let value = value.split('!').next().unwrap_or_default();
        let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
        // A backslash can spell any letter.
        let is_escaped = property.contains('\\') || value.contains('\\');
        all.push(match is_escaped {
            true => ("transform".to_owned(), "anything".to_owned()),
            false => (property.trim().to_owned(), value),
        });
    }
    let has_background = { all.iter() }.any(|(property, value)| {
        property.starts_with("background") && !is_of_paper(value.split(' ').next().unwrap_or(""))
    });
    let one = |(property, value): &(String, String)| effect(property, value, has_background);
    all.iter().filter_map(one).collect()
}

fn effect(property: &str, value: &str, has_background: bool) -> Option<Effect> {
    let when = |is: bool, fate: Fate| if is { fate } else { Fate::Shown };
    let (property, fate) = match property {
        "display" => ("display", when(value == "none", Fate::Gone)),
        "visibility" => (
            "visibility",
            when(matches!(value, "hidden" | "collapse"), Fate::Gone),
        ),
        "opacity" => ("opacity", when(is_zero(value), Fate::Gone)),
        "font-size" => ("font-size", when(is_zero(value), Fate::Gone)),
        "font" => {
            let mut words = value.split([' ', '/']);
            ("font-size", when(words.any(is_zero), Fate::Gone))
        }
        "text-decoration" | "text-decoration-line" => (
            "text-decoration",
            when(value.contains("line-through"), Fate::Gone),
        ),
        "mso-hide" => ("mso-hide", when(value == "all", Fate::Unclear)),
        "position" => (
            "position",
            when(
                matches!(value, "absolute" | "fixed" | "sticky"),
                Fate::Unclear,
            ),
        ),
        "left" | "right" | "top" | "bottom" | "text-indent" | "margin" | "margin-left"
        | "margin-right" | "margin-top" | "margin-bottom" | "letter-spacing" | "word-spacing" => {
            ("place", when(is_far(value), Fate::Unclear))
        }
        "height" | "max-height" | "width" | "max-width" | "line-height" => {
            ("size", when(is_zero(value), Fate::Unclear))
        }
        "float" => ("float", when(value == "right", Fate::Unclear)),
        "flex-direction" => ("flex", when(value.ends_with("reverse"), Fate::Unclear)),
        "order" | "grid-area" | "grid-row" | "grid-column" => ("order", Fate::Unclear),
        "direction" => ("direction", when(value != "ltr", Fate::Unclear)),
        "unicode-bidi"
        | "content"
        | "transform"
        | "clip"
        | "clip-path"
        | "mask"
        | "filter"
        | "rotate"
        | "scale"
        | "translate"
        | "-webkit-text-security" => {
            let is_usual = matches!(value, "none" | "normal" | "auto" | "initial");
            ("transform", when(!is_usual, Fate::Unclear))
        }
        "color" | "-webkit-text-fill-color" => (
            "color",
            when(is_of_paper(value) && !has_background, Fate::Unclear),
        ),
        _ => return None,
    };
    Some(Effect { property, fate })
}

/// Returns the number that a value begins with, and its unit.
fn number(value: &str) -> Option<(f64, &str)> {
    let end = value.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-' | '+')));
    let (number, unit) = value.split_at(end.unwrap_or(value.len()));
    number.parse().ok().map(|number| (number, unit))
}

fn is_zero(value: &str) -> bool {
    // What nobody can read is as good as nothing.
    number(value).is_some_and(|(number, unit)| {
        number.abs()
            < if matches!(unit, "px" | "pt") {
                2.0
            } else {
                0.1
            }
    })
}

/// Returns whether a value moves text far away from where it stands.
fn is_far(value: &str) -> bool {
    value.split(' ').any(|value| {
        number(value).is_some_and(|(number, unit)| {
            number
                < if matches!(unit, "px" | "pt" | "") {
                    -40.0
                } else {
                    -3.0
                }
        })
    })
}

/// Returns whether text of this color cannot be seen on white paper.
fn is_of_paper(color: &str) -> bool {
    let color = color.trim();
    if let Some(digits) = color.strip_prefix('#') {
        // Each of red, green and blue.
        let step = if digits.len() < 6 { 1 } else { 2 };
        let mut parts = digits.as_bytes().chunks(step).take(3);
        return digits.is_ascii() && parts.all(|part| matches!(part[0], b'e' | b'f'));
    }
    if let Some(parts) = color.strip_prefix("rgb") {
        let parts = parts.trim_start_matches(['a', '(']).trim_end_matches(')');
        let parts: Vec<&str> = parts
            .split([',', ' ', '/'])
            .filter(|part| !part.is_empty())
            .collect();
        let is_light = |part: &&str| number(part).is_some_and(|(number, _)| number > 220.0);
        let is_clear = parts.get(3).is_some_and(|alpha| is_zero(alpha));
        return is_clear || parts.len() >= 3 && parts[..3].iter().all(is_light);
    }
    let light = [
        "white",
        "transparent",
        "snow",
        "ivory",
        "whitesmoke",
        "ghostwhite",
        "floralwhite",
        "azure",
        "mintcream",
        "honeydew",
        "seashell",
        "aliceblue",
        "lavenderblush",
        "canvas",
    ];
    light.contains(&color) || color.starts_with("hsl")
}

#[cfg(test)]
mod tests;
