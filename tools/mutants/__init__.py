"""Small mistakes, made one at a time: which of them does the suite notice?"""
