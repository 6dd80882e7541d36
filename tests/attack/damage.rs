//! Damaged repositories: no hang, no crash, no other notes in silence.
