//! Numbers as JavaScript sees them.

use serde_json::Value;

/// Integers are kept exact where Rust can.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Number {
    /// Fits i64 or u64.
    Int(i128),
    Float(f64),
}

impl Number {
    /// What a number says that the lexer has accepted: `1`, `-.5e3`, `0xFF`, `+Infinity`.
    pub fn read(spelt: &str) -> Number {
        let negative = spelt.starts_with('-');
        let spelt = spelt.strip_prefix(['+', '-']).unwrap_or(spelt);
        if let Some(digits) = spelt.strip_prefix("0x").or_else(|| spelt.strip_prefix("0X")) {
            return hexadecimal(digits, negative);
        }
        if let Ok(int) = spelt.parse::<i128>() {
            return Number::from_int(if negative { -int } else { int });
        }
        let float = match spelt {
            "Infinity" => f64::INFINITY,
            _ => spelt.parse().unwrap_or(f64::NAN),
        };
        Number::Float(if negative { -float } else { float })
    }

    pub fn as_f64(self) -> f64 {
        match self {
            Number::Int(int) => int as f64,
            Number::Float(float) => float,
        }
    }

    /// Equal as values: `1`, `1.0` and `0x1` are; NaN equals itself here.
    pub fn same(self, other: Number) -> bool {
        match (self, other) {
            (Number::Int(a), Number::Int(b)) => a == b,
            (a, b) => a.as_f64() == b.as_f64() || (a.as_f64().is_nan() && b.as_f64().is_nan()),
        }
    }

    /// An integer that fits neither i64 nor u64 is a float, as in the other parser.
    pub fn from_int(int: i128) -> Number {
        if i64::try_from(int).is_ok() || u64::try_from(int).is_ok() {
            Number::Int(int)
        } else {
            Number::Float(int as f64)
        }
    }

    pub fn from_json(number: &serde_json::Number) -> Number {
        match (number.as_i64(), number.as_u64()) {
            (Some(int), _) => Number::Int(int.into()),
            (None, Some(int)) => Number::Int(int.into()),
            (None, None) => Number::Float(number.as_f64().unwrap_or(f64::NAN)),
        }
    }

    /// Null for what JSON cannot say: NaN and the infinities.
    pub fn to_json(self) -> Value {
        match self {
            Number::Int(int) => match (i64::try_from(int), u64::try_from(int)) {
                (Ok(int), _) => Value::from(int),
                (Err(_), Ok(int)) => Value::from(int),
                (Err(_), Err(_)) => Value::Null,
            },
            Number::Float(float) => Value::from(float),
        }
    }
}

/// Any number of hexadecimal digits, rounded as a float when they do not fit an integer.
fn hexadecimal(digits: &str, negative: bool) -> Number {
    let digits = digits.trim_start_matches('0');
    let (head, tail) = digits.split_at(digits.len().min(30));
    let mut int = i128::from_str_radix(head, 16).unwrap_or(0);
    // Whatever is beyond 120 bits only decides how the last bit is rounded.
    int |= i128::from(tail.bytes().any(|byte| byte != b'0'));
    let sign = if negative { -1 } else { 1 };
    if tail.is_empty() {
        return Number::from_int(sign * int);
    }
    let exponent = i32::try_from(tail.len() * 4).unwrap_or(i32::MAX);
    Number::Float((sign * int) as f64 * 2f64.powi(exponent))
}
