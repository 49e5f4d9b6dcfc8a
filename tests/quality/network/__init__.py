"""Tests of the network: providers as their platform reads them."""
