"""The platform's network of providers: référencement, its delays and its authority grid."""
