"""Predictions for networks: the path model, deep linear networks, linear ResNets, polynomial regression."""
