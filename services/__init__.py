"""The payment platform's services, one package each. Read them in the order an event travels."""
