"""/recherche: what a reader may find by a few words, among what each component lets them see."""
