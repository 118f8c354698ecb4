//! Names of keys → the bytes a terminal sends for them (xterm's encoding).

/// The bytes for keys written as words: `"Down Down Enter"`, `"C-c"`, `"A-x"`, `"q"`.
/// `application` says whether the program switched the cursor keys to application mode.
///
/// # Panics
/// On a word that names no key.
pub fn encode(words: &str, application: bool) -> Vec<u8> {
    words.split_whitespace().flat_map(|word| one(word, application)).collect()
}

fn one(word: &str, application: bool) -> Vec<u8> {
    let cursor = |letter: char| format!("\x1b{}{letter}", if application { 'O' } else { '[' }).into_bytes();
    match word {
        "Enter" => b"\r".to_vec(),
        "Tab" => b"\t".to_vec(),
        "BackTab" => b"\x1b[Z".to_vec(),
        "Esc" => b"\x1b".to_vec(),
        "Space" => b" ".to_vec(),
        "Backspace" => b"\x7f".to_vec(),
        "Up" => cursor('A'),
        "Down" => cursor('B'),
        "Right" => cursor('C'),
        "Left" => cursor('D'),
        "Home" => cursor('H'),
        "End" => cursor('F'),
        "Insert" => b"\x1b[2~".to_vec(),
        "Delete" => b"\x1b[3~".to_vec(),
        "PageUp" => b"\x1b[5~".to_vec(),
        "PageDown" => b"\x1b[6~".to_vec(),
        "F1" => b"\x1bOP".to_vec(),
        "F2" => b"\x1bOQ".to_vec(),
        "F3" => b"\x1bOR".to_vec(),
        "F4" => b"\x1bOS".to_vec(),
        "FocusIn" => b"\x1b[I".to_vec(),
        "FocusOut" => b"\x1b[O".to_vec(),
        _ => chord(word),
    }
}

fn chord(word: &str) -> Vec<u8> {
    let control = word.strip_prefix("C-").and_then(single);
    let alt = word.strip_prefix("A-").and_then(single);
    match (control, alt, single(word)) {
        // Control folds a letter (and @ [ \ ] ^ _) onto the first 32 codes.
        (Some(letter), _, _) if letter.is_ascii() => vec![letter.to_ascii_uppercase() as u8 & 0x1f],
        (_, Some(letter), _) => format!("\x1b{letter}").into_bytes(),
        (_, _, Some(letter)) => letter.to_string().into_bytes(),
        _ => panic!("no key is called {word:?}; text goes through Pty::type_text"),
    }
}

fn single(word: &str) -> Option<char> {
    let mut letters = word.chars();
    letters.next().filter(|_| letters.next().is_none())
}
