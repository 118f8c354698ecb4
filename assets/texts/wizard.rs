use crate::texts::texts;

texts! {}
