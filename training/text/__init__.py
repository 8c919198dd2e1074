"""The bundled text encoders: data, vocabulary, training, export, evaluation."""
