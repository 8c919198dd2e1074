"""How every bundled model is made and measured."""
